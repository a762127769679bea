/**
 * Words with two senses, each in contexts of its own. A choice {x|y|z} is made by chance. The last two contexts of each sense are kept
 * out of training. Behind each sense stands a plain word that could take its place.
 */

import { Random } from '../random.ts'
import { capital, type Mark } from './write.ts'

export interface Sense {
  readonly name: string
  /** A word that could stand in its place, and has not the other sense. */
  readonly plain: string
  readonly contexts: readonly string[]
}

export interface Ambiguous {
  readonly word: string
  readonly senses: readonly [Sense, Sense]
}

const WHO = '{the man|my mother|the girl|our neighbor|the farmer|Anna|Tom|my uncle|the old woman|a stranger|the boy|Peter}'
const WHEN = '{yesterday|last week|in the morning|on Monday|last year|every day|after lunch|at noon}'

const LIST = `
bank / money = company
The bank {approved|refused|offered} the {loan|mortgage|credit} ${WHEN}.
${WHO} opened an account at the bank and {saved|deposited} some money.
The {manager|clerk|director} of the bank {lent|gave} us the money for the {house|car|shop}.
${WHO} paid the {bill|rent|debt} with a check from the bank.
The bank {raised|lowered} the interest on every {loan|account}.
The robbers {stole|took} {gold|cash|money} from the bank ${WHEN}.
${WHO} keeps {cash|money|gold} in a safe at the bank.
The bank charged a fee for {the account|the loan|the credit card}.
bank / river = shore
${WHO} sat on the bank of the {river|stream|canal} and {fished|slept}.
The {boat|canoe|raft} was tied to a tree on the muddy bank.
The {river|stream} rose above the bank after the {rain|storm|flood}.
{Ducks|Reeds|Willows|Frogs} {rested|stood|were seen} along the grassy bank of the {river|lake}.
${WHO} swam to the other bank, where the {water|river} was shallow.
The {cows|sheep|deer} came down the steep bank to drink {water|from the river}.
The {ferry|boat} reached the far bank of the {river|canal} ${WHEN}.
${WHO} caught a {fish|trout} from the bank of the {stream|river}.
bat / animal = owl
The bat {flew|came} out of the {cave|attic|barn} at {night|dusk}.
A bat hung upside down {in the cave|from the roof|in the dark attic}.
The bat {hunts|catches} {insects|moths} in the dark with its ears.
${WHO} saw a bat spread its {wings|black wings} {at night|in the cave}.
The wings of the bat are made of {thin|dark} skin.
The {owl|cat} chased the bat that lived in the {barn|tower}.
The bat slept all day in the {cave|dark tower}.
A small bat flew over the {trees|house} at dusk and ate {insects|moths}.
bat / club = stick
${WHO} swung the bat and hit the ball over the {fence|wall}.
The {player|batter|boy} held the wooden bat with both hands.
The {coach|team} bought a new bat, a ball and {a glove|some gloves}.
${WHO} broke the bat when the fast ball hit it in the {game|match}.
He struck the ball hard with his bat and ran to first base.
The {player|boy} leaned on his bat and waited for the {pitch|ball}.
The {batter|player} dropped the bat and ran after he hit the ball.
${WHO} carved a bat of wood for the {game|team|player}.
bark / tree = skin
The bark of the {tree|oak|pine|birch} is {rough|brown|thick}.
${WHO} {peeled|cut|stripped} the bark from the {trunk|log|branch}.
{Insects|Beetles|Ants} live under the {dry|rough} bark of the {tree|oak}.
The {deer|rabbits|beavers} ate the bark of the young {trees|birches}.
Moss grows on the bark of the {old oak|trees|trunk}.
Some medicine is made from the bark of the {willow|tree}.
The {oak|tree|trunk} lost its bark in the {storm|cold winter}.
${WHO} carved a name in the bark of the {tree|oak}.
bark / dog = cry
The {dog|puppy|hound} gave a loud bark when ${WHO} {came|knocked}.
${WHO} heard the bark of a {dog|puppy|hound} {at night|behind the door}.
The bark of the {dog|watchdog} {frightened|woke} the {thief|children|cat}.
The {puppy|dog} answered with a short bark and {wagged its tail|ran away}.
A sudden bark from the {dog|hound} made the {cat|child} jump.
The {angry|hungry} dog has a {deep|loud} bark and sharp teeth.
The {dog|puppy} greeted us with a happy bark {at the door|${WHEN}}.
${WHO} was woken by the bark of the {neighbor's dog|hound|puppy}.
spring / season = summer
In spring the {flowers|trees|roses} {bloom|grow} and the days get {warm|longer}.
Last spring ${WHO} {planted|sowed} {tulips|roses|corn} in the garden.
The birds come back in spring after the long {winter|cold winter}.
Spring is the season before summer, when the snow melts.
${WHO} cleans the house every spring, when the {weather|sun} gets warm.
In the spring the farmer {sows|plants} the {field|corn|wheat}.
The {cherry trees|tulips|apple trees} bloom early in spring.
After the winter came a warm spring with {rain|sunshine} and flowers.
spring / coil = wire
The spring in the {watch|clock|mattress|sofa} is {broken|rusty|worn}.
A metal spring {pushes|pulls} the {door|lid|lever} shut.
${WHO} {replaced|oiled} the steel spring of the {clock|lock|machine}.
The {toy|clock|machine} is driven by a {coiled|steel|metal} spring.
The spring was {stretched|pressed|bent} until the metal broke.
${WHO} wound up the spring of the {clock|toy}, and the wheels turned.
A {steel|metal} spring under the seat {was broken|squeaked}.
The {lock|trap|switch} did not work because the metal spring was {rusty|broken}.
seal / animal = whale
The seal swam under the ice and caught a {fish|herring}.
A {grey|young|fat} seal lay on the {beach|rocks|ice} in the sun.
The {bear|shark|whale} hunted the seal in the cold {sea|water}.
${WHO} fed the seal at the zoo with fresh {fish|herring}.
The seal clapped its flippers and balanced a ball on its nose.
The baby seal has white fur and lives on the {ice|shore}.
The seal dived into the {sea|cold water} and chased the fish.
A seal with wet fur slept on the {rocks|ice} by the sea.
seal / stamp = stamp
${WHO} broke the seal of the {letter|envelope|document} and read it.
The king pressed his seal into the {hot|red} wax.
The {document|letter|treaty} bears the official seal of the {king|state|court}.
The {judge|clerk|officer} put a seal on the {document|paper|contract}.
The {contract|letter} is not valid without a signature and a seal.
The red wax seal on the {envelope|letter} was {broken|unbroken}.
The {queen|king} signed the {treaty|law} and added the royal seal.
A wax seal closed the {secret letter|old document}.
crane / bird = stork
The crane {stood|waited} on one leg in the shallow {water|lake|marsh}.
A {white|grey|young} crane flew {south|over the lake} with the other birds.
The crane built a nest in the {reeds|marsh} and laid two eggs.
The crane caught a {frog|fish} with its long {beak|bill}.
${WHO} watched a crane spread its wings above the {marsh|lake}.
The crane danced for its mate and shook its feathers.
The crane with the long neck ate {frogs|fish} in the marsh.
In autumn the crane flies to warm countries with the {geese|storks}.
crane / machine = machine
The crane lifted the {steel beam|heavy load|container} onto the {ship|roof|truck}.
The {driver|operator} of the crane {worked|sat} high above the building site.
A {tall|yellow|huge} crane stood at the {harbor|building site|factory}.
The workers used a crane to {raise|move} the {concrete|steel|heavy} blocks.
The cable of the crane broke, and the {load|beam|container} fell.
The {engine|motor|hook} of the crane was repaired by the {workers|mechanics}.
The crane at the port {unloaded|lifted} the {containers|cargo} from the ship.
The builders rented a crane to lift the {roof|steel beams}.
pitcher / jug = bottle
${WHO} poured {water|milk|juice|lemonade} from the pitcher into the {glass|cups}.
A pitcher of {cold water|milk|lemonade|beer} stood on the table.
The glass pitcher was {full|empty|half full} of {juice|water}.
${WHO} filled the pitcher with {ice|milk|fresh water} and set the table.
The waiter brought a pitcher of {water|wine|beer} and {four|two} glasses.
The handle of the clay pitcher {broke|was broken}, and the {milk|water} was spilled.
The {milk|lemonade} in the pitcher was {cold|sweet}.
${WHO} drank {water|juice} straight from the pitcher in the kitchen.
pitcher / player = player
The pitcher threw a fast ball to the {batter|catcher}.
The {young|tired|left-handed} pitcher {won|lost} the baseball game.
The {coach|team} replaced the pitcher in the {last|third} inning.
The pitcher stood on the mound and looked at the catcher.
The batter hit the ball back to the pitcher.
The pitcher of the home team {struck out|walked} {two|three} batters.
The {team|coach} praised the pitcher after the {game|match}.
The pitcher hurt his arm when he threw the ball in the game.
mouse / animal = rat
The cat {chased|caught|ate} the mouse in the {kitchen|barn|cellar}.
A mouse {ran|hid} under the {floor|bed|cupboard} and ate the cheese.
The {owl|snake|fox} hunts the mouse at night in the field.
The mouse with the long tail nibbled the {cheese|bread|grain}.
${WHO} set a trap with cheese for the mouse.
The little mouse squeaked and ran into its hole.
The {hungry|little} mouse found some {cheese|corn} in the barn.
The cat waited for the mouse in front of the hole.
mouse / device = keyboard
${WHO} clicked the button of the mouse to open the {file|window|program}.
The {computer|laptop} came with a keyboard and a wireless mouse.
${WHO} moved the mouse until the cursor was on the {icon|screen}.
The mouse was plugged into the {computer|laptop} with a {cable|usb cable}.
The left button of the mouse does not work with this {computer|program}.
The {screen|keyboard} and the mouse of the computer are new.
${WHO} bought a new mouse for the {computer|laptop} with two buttons.
Click on the {icon|link} with the mouse to start the {program|computer}.
jam / food = fruit
${WHO} {spread|put} {strawberry|cherry|plum} jam on the {bread|toast}.
A jar of {sweet|homemade|sour} jam stood in the kitchen.
${WHO} made jam from the {strawberries|cherries|plums} and sugar.
The jam tastes of {ripe|fresh} {strawberries|plums}.
The {cake|pancakes|toast} with butter and jam was delicious.
The children ate {bread|rolls} with jam for breakfast.
The {sweet|red} jam was cooked with a lot of sugar.
${WHO} opened a jar of {plum|cherry} jam for breakfast.
jam / traffic = line
We were stuck in a traffic jam on the {highway|motorway|bridge}.
The {accident|storm} caused a jam on the road {to the city|${WHEN}}.
The {bus|taxi|truck} was late because of the jam in the {city|tunnel}.
{Cars|Trucks} waited for {hours|an hour} in the jam on the {highway|road}.
The {police|driver} tried to avoid the jam on the {bridge|main road}.
There is a long jam behind the accident, and no car can move.
The {driver|taxi} sat in the jam and {honked|waited} for an hour.
A long traffic jam blocked the road to the {airport|city}.
ring / jewel = crown
${WHO} wore a {gold|silver|diamond} ring on her finger.
He gave her a ring with a {diamond|ruby} and asked her to marry him.
The {jeweler|thief} {sold|stole} the {gold|silver} ring and a necklace.
${WHO} lost the wedding ring in the {garden|water}.
The diamond in the ring is worth a lot of money.
The ring was too tight for her {finger|thumb}.
The {bride|groom} put the gold ring on the finger of the {groom|bride}.
The {jeweler|goldsmith} cleaned the diamond ring.
ring / boxing = hall
The boxer {climbed|stepped} into the ring for the {fight|last round}.
The {champion|boxer} knocked out his rival in the ring.
The crowd around the ring {cheered|shouted} during the fight.
Two fighters {stood|met} in the ring and waited for the bell.
The referee stopped the fight in the ring after {three|ten} rounds.
The {boxer|wrestler} fell in the ring and lost the {match|title}.
The {champion|fighter} left the ring after the last round.
The boxer trained in the ring for the next {fight|match}.
match / game = game
The {team|player|club} won the {football|tennis|soccer} match {${WHEN}|by two goals}.
The match ended {in a draw|after a late goal}.
The fans watched the match in the {stadium|pub}.
The {coach|captain} was {angry|happy} after the match was {lost|won}.
The {players|teams} trained for the match all week.
The referee stopped the match because of the {rain|snow}.
The {striker|player} scored {two|three} goals in the match.
Both teams played well in the {last|final} match of the season.
match / fire = lamp
${WHO} lit the {candle|fire|lamp|cigarette} with a match.
${WHO} struck a match in the dark {room|cellar}.
The match burned {his fingers|for a moment} and went out.
A wet match does not {burn|light}, so the fire stayed cold.
The {fire|flame} was started by a burning match.
${WHO} took a match from the box and lit the {stove|pipe}.
${WHO} dropped the burning match on the {dry grass|straw}.
The flame of the match lit up the dark {cave|room}.
wave / sea = tide
A {huge|high|great} wave hit the {boat|ship|beach}.
The wave {broke|crashed} on the {rocks|shore|beach}.
The surfer rode the wave to the {beach|shore}.
The storm sent wave after wave against the {ship|cliffs}.
The {boat|raft|swimmer} was lifted by a wave of the sea.
The {wind|storm} drove a wave over the {deck|harbor wall}.
A cold wave washed over the {sand|deck} of the ship.
The {ship|boat} sank when a great wave filled it with water.
wave / hand = sign
${WHO} greeted us with a wave of the hand.
With a {friendly|short|cheerful} wave she said goodbye.
The {king|queen|president} gave the crowd a wave from the {car|balcony}.
${WHO} answered my smile with a wave and a nod.
A wave of his hand told the {waiter|guard|driver} to go.
The {child|girl} said goodbye with a smile and a wave.
${WHO} gave a {friendly|quick} wave with her hand from the window.
The {teacher|captain} sent them away with a wave of his hand.
trunk / tree = stem
The trunk of the {oak|tree|pine} is {thick|hollow|straight}.
${WHO} cut the trunk of the fallen tree into {logs|boards}.
The {squirrel|cat|boy} climbed up the trunk to the {branches|top}.
The {storm|lightning} split the trunk of the old {oak|tree}.
{Ivy|Moss} grows around the trunk of the {oak|tree}.
The bark on the trunk of the {birch|pine} is {white|rough}.
The {woodcutter|axe} struck the trunk until the tree fell.
The branches and the trunk of the tree were {rotten|covered with moss}.
trunk / elephant = nose
The elephant {raised|lifted} its trunk and {drank|trumpeted}.
With its long trunk the elephant picked up the {peanuts|banana|hay}.
The baby elephant held the tail of its mother with its trunk.
The elephant sprayed water from its trunk.
The elephant has a long trunk, big ears and {tusks|grey skin}.
The elephant reached for the {leaves|apples} with its trunk.
The trunk of the {old|young} elephant is {strong|grey} and long.
The elephant put the {hay|apple} into its mouth with its trunk.
`

function parse(list: string): Ambiguous[] {
  const found = new Map<string, Sense[]>()
  let contexts: string[] = []
  for (const line of list.trim().split('\n')) {
    const head = /^(\w+) \/ (\w+) = (\w+)$/.exec(line)
    if (head) {
      contexts = []
      found.set(head[1]!, [...(found.get(head[1]!) ?? []), { name: head[2]!, plain: head[3]!, contexts }])
    } else contexts.push(line)
  }
  return [...found].map(([word, senses]) => ({ word, senses: senses as [Sense, Sense] }))
}

/** At least eleven words; each context holds its word once, and no other word with two senses is its only clue. */
export const AMBIGUOUS: readonly Ambiguous[] = parse(LIST)

const KEPT = 2

/** The contexts of a sense that training uses, or those that it never sees. */
export function contextsOf(sense: Sense, split: 'train' | 'unseen'): readonly string[] {
  return split === 'train' ? sense.contexts.slice(0, -KEPT) : sense.contexts.slice(-KEPT)
}

/** Makes every choice {x|y}, the innermost first. */
export function expand(random: Random, context: string): string {
  let text = context
  while (text.includes('{')) text = text.replace(/\{([^{}]*)\}/, (_, choices: string) => random.pick(choices.split('|')))
  return capital(text)
}

/** A sentence with a word of two senses, for training. */
export function senseSentence(random: Random): string {
  return expand(random, random.pick(contextsOf(random.pick(random.pick(AMBIGUOUS).senses), 'train')))
}

/** A sentence written with a plain word, shown with a word of two senses in its place. */
export interface Disguised {
  readonly text: string
  /** The word that is shown. */
  readonly shown: Mark
  /** The words that could have stood there: one of them is to be restored. */
  readonly plain: readonly string[]
}

/** As `senseSentence`, with the word disguised. */
export function disguised(random: Random): Disguised {
  const { word, senses } = random.pick(AMBIGUOUS)
  const sense = random.pick(senses)
  const text = expand(random, random.pick(contextsOf(sense, 'train')))
  const start = new RegExp(`\\b${word}\\b`, 'i').exec(text)!.index
  return { text, shown: { word, start, end: start + word.length }, plain: [sense.plain] }
}

export interface Triple {
  readonly word: string
  /** Twice the one sense, then the other. */
  readonly same: readonly [string, string]
  readonly other: string
}

/** Triples from the contexts of a split; the two of one sense come from different contexts. */
export function triples(split: 'train' | 'unseen', count: number, seed: number): Triple[] {
  return Array.from({ length: count }, (_, n) => {
    const random = new Random('triple', split, seed, n)
    const { word, senses } = AMBIGUOUS[n % AMBIGUOUS.length]!
    const [one, two] = random.shuffled(senses) as [Sense, Sense]
    const [first, second] = random.shuffled(contextsOf(one, split))
    return {
      word,
      same: [expand(random, first!), expand(random, second!)],
      other: expand(random, random.pick(contextsOf(two, split))),
    }
  })
}
