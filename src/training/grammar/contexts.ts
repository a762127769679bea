/**
 * Contexts of words with two senses, under a line for each: the word, the sense, and a plain word that could take its place. A choice {x|y|z}
 * is made by chance. The last two contexts of each sense are kept out of training.
 */

const WHO = '{the man|my mother|the girl|our neighbor|the farmer|Anna|Tom|my uncle|the old woman|a stranger|the boy|Peter}'
const WHEN = '{yesterday|last week|in the morning|on Monday|last year|every day|after lunch|at noon}'

export const CONTEXTS = `
bank / money = company
The bank {approved|refused|offered} the {loan|mortgage|credit} ${WHEN}.
${WHO} opened an account at the bank and {saved|deposited} some money.
The {manager|clerk|director} of the bank {lent|gave} us the money for the {house|car|shop}.
${WHO} paid the {bill|rent|debt} with a check from the bank.
The bank {raised|lowered} the interest on every {loan|account}.
The robbers {stole|took} {gold|cash|money} from the bank ${WHEN}.
${WHO} works as a {cashier|teller|guard} in a {small|large|private} bank.
Our bank closed {two|many|several} branches and dismissed {half of its|many|a hundred} employees.
At the bank {you can|tourists can|customers can} exchange {dollars|pounds|foreign coins} for euros.
The {company|firm|young couple} owes the bank {a million|five thousand|ten thousand} dollars.
{Investors|Customers|Shareholders} lost their {savings|fortunes|pensions} when the bank went {bankrupt|broke}.
${WHO} had to wait in a long line before the counter of the bank.
The {government|state|president} rescued the bank during the financial crisis.
Every month the bank sends its {customers|clients} a {statement|letter about their balance}.
${WHO} {withdrew|borrowed|transferred} {fifty|three hundred|two thousand} dollars at the bank ${WHEN}.
Because the {shop|factory|hotel} earned nothing, the bank {sold the building|demanded its money back}.
A {lawyer|banker|businessman} in a {dark|grey|fine} suit {walked into|came out of} the bank.
{Wages|Salaries|Taxes} are paid through a bank and not in {coins|notes}.
The {national|central|state} bank prints {money|banknotes} and fights inflation.
The police arrested an {employee|accountant} who had {cheated|betrayed} the bank.
Her {wealthy|rich} father {owns|founded} a bank in {London|New York|the capital}.
${WHO} forgot the {secret number|code} of the card that the bank had sent.
${WHO} keeps {cash|money|gold} in a safe at the bank.
The bank charged a fee for {the account|the loan|the credit card}.
bank / river = shore
${WHO} sat on the bank of the {river|stream|canal} and {fished|slept}.
The {boat|canoe|raft} was tied to a tree on the muddy bank.
The {river|stream} rose above the bank after the {rain|storm|flood}.
{Ducks|Reeds|Willows|Frogs} {rested|stood|were seen} along the grassy bank of the {river|lake}.
${WHO} swam to the other bank, where the {water|river} was shallow.
The {cows|sheep|deer} came down the steep bank to drink {water|from the river}.
Tall grass and {wild flowers|bushes|nettles} grow on the {sunny|wet|green} bank.
${WHO} slipped on the bank and fell into the {deep|cold|dirty} water.
{Otters|Beavers|Water rats} dig {holes|tunnels} into the soft bank beside the {stream|brook}.
A narrow {path|trail} follows the bank from the {bridge|mill|village} to the {waterfall|lake}.
The current {washed away|carried off} the {sand|soil|earth} of the {left|northern|eastern} bank.
We {put up|pitched} our tent on the bank and heard the water all night.
From the {opposite|other} bank the {fisherman|ferryman|soldiers} called for help.
A {swan|goose|duck} built its nest on the bank between the {reeds|rushes}.
{Soldiers|Workers|Volunteers} piled up sandbags along the bank against the {flood|high water}.
The bank is {steep|rocky|stony} here, so {swimming|wading} is dangerous.
The children {threw pebbles|skipped stones} from the bank into the {pond|river|creek}.
A {crocodile|hippo|turtle} {lay|dozed|waited} motionless in the mud of the bank.
${WHO} pulled the {oars|rowing boat|net} up the bank and rested in the shade.
An old {mill|watermill|fishing hut} stands on the {left|right} bank of the {river|stream}.
Downstream the {river|water} bends and flows along a {sandy|wooded} bank.
The bridge {leads|reaches} from one bank of the {Rhine|Danube|Nile|Thames} to the other.
The {ferry|boat} reached the far bank of the {river|canal} ${WHEN}.
${WHO} caught a {fish|trout} from the bank of the {stream|river}.
bat / animal = owl
The bat {flew|came} out of the {cave|attic|barn} at {night|dusk}.
A bat hung upside down {in the cave|from the roof|in the dark attic}.
The bat {hunts|catches} {insects|moths} in the dark with its ears.
${WHO} saw a bat spread its {wings|black wings} {at night|in the cave}.
The wings of the bat are made of {thin|dark} skin.
The {owl|cat} chased the bat that lived in the {barn|tower}.
${WHO} was afraid that the bat would {bite|get caught in somebody's hair}.
A {young|brown|tiny} bat {clung|held on} to the ceiling with its {claws|little feet}.
Like a {dog|cow|human being}, the bat is a mammal and {drinks milk when young|has warm blood}.
Unlike a {bird|sparrow}, a bat has {fur|teeth} but no feathers.
The vampire in the {story|film|book} turned into a bat and {vanished|flew off}.
In winter the bat {sleeps|hibernates|rests} for months {in the old mine|behind the shutters}.
A {virus|disease} was found in the blood of a wild bat.
With {high|shrill} cries the bat finds its {way|prey} by listening to the echo.
{Fluttering|Flapping} around the {street lamp|church tower}, a bat snapped at {mosquitoes|flies}.
The mother bat {nursed|carried} her {baby|young} on her belly.
A bat got into the bedroom through the open {window|chimney} and {fluttered about|could not get out}.
No other mammal can really fly, only the {nimble|small|furry} bat.
The {zoologist|scientist|biologist} {examined|weighed|measured} the {rare|sleeping|injured} bat and let it fly away.
In the {tropics|jungle|rain forest} lives a bat that feeds on {fruit|nectar|ripe figs}.
When the sun had set, a bat {awoke|crept} from its {roost|hiding place} under the roof.
The {light|glow} of our {torch|flashlight} frightened a bat on the {rock|tunnel} wall.
The bat slept all day in the {cave|dark tower}.
A small bat flew over the {trees|house} at dusk and ate {insects|moths}.
bat / club = stick
${WHO} swung the bat and hit the ball over the {fence|wall}.
The {player|batter|boy} held the wooden bat with both hands.
The {coach|team} bought a new bat, a ball and {a glove|some gloves}.
${WHO} broke the bat when the fast ball hit it in the {game|match}.
He struck the ball hard with his bat and ran to first base.
The {player|boy} leaned on his bat and waited for the {pitch|ball}.
${WHO} {got|received} a baseball bat {for Christmas|as a present|as a prize}.
The bat {slipped|flew} out of the {hands|fingers} of the {player|young hitter}.
Before the {first|next|last} inning he {wiped|rubbed} the handle of his bat.
In cricket the bat is {flat|broad} and {made of willow|made of wood}.
The {gangster|robber|thug} {threatened|beat} the {shopkeeper|driver} with a bat.
A {heavy|light|short} aluminum bat {is allowed|may be used} in {softball|school games}.
${WHO} {smashed|broke} the {windshield|shop window|television} with a bat ${WHEN}.
With a {loud|sharp} crack the bat {sent|drove} the ball into the {stands|outfield}.
The {champion|rookie|captain} {autographed|signed} his bat for a {young|happy} fan.
He scored a home run with the bat of his {brother|teammate}.
His {helmet|cap|uniform}, his shoes and his bat lay {in the locker|in the dugout|on the bench}.
The umpire checked whether the bat was {too long|too heavy|hollow}.
Lift the bat over your {right|left} shoulder and {watch|keep your eyes on} the ball.
The {factory|carpenter} makes a bat from {ash|maple|a single piece of ash}.
${WHO} took {a swing|three swings} with the bat but missed the ball.
The {policeman|guard} took the bat away from the {drunk|furious} {fan|hooligan}.
The {batter|player} dropped the bat and ran after he hit the ball.
${WHO} carved a bat of wood for the {game|team|player}.
bark / tree = skin
The bark of the {tree|oak|pine|birch} is {rough|brown|thick}.
${WHO} {peeled|cut|stripped} the bark from the {trunk|log|branch}.
{Insects|Beetles|Ants} live under the {dry|rough} bark of the {tree|oak}.
The {deer|rabbits|beavers} ate the bark of the young {trees|birches}.
Moss grows on the bark of the {old oak|trees|trunk}.
Some medicine is made from the bark of the {willow|tree}.
Cork is the {thick|soft|light} bark of a tree that grows in {Portugal|Spain}.
The {woodpecker|bird} {hammered|pecked} at the bark and {looked for|found} {worms|larvae}.
{Cinnamon|This spice} comes from the {dried|brown} bark of a {tropical tree|tree in India}.
${WHO} {covered|spread} the {flower bed|garden path} with chopped bark.
The {Indians|hunters|natives} {made|built} their {canoes|huts} from the bark of the {birch|elm}.
Sticky {resin|sap} {dripped|ran} down the {cracked|wounded} bark.
A {squirrel|lizard|caterpillar} {crept|climbed} up the bark toward the {leaves|crown}.
Under the bark the wood is {white|pale|damp} and {soft|smooth}.
The {gardener|forester} painted the bark of the {apple|fruit} trees with {lime|white paint}.
The bark {protects|shields} the {wood|growing plant} from {frost|fire|fungus}.
{Lichen|Mushrooms|Ivy} {covered|grew over} the {damp|grey} bark of the {dead|fallen} {beech|maple}.
At the sawmill a machine removes the bark before the {planks|boards} are cut.
${WHO} {leaned|rested} against the {rough|wrinkled} bark and looked up into the {branches|leaves}.
By its {smooth|silver|peeling} bark you can {recognize|tell} a {beech|plane tree|cherry tree}.
{Leather|Hides} used to be tanned with bark from the {forest|oak woods}.
The {goats|hares|elks} {gnawed|chewed} the bark off the {seedlings|branches} in winter.
The {oak|tree|trunk} lost its bark in the {storm|cold winter}.
${WHO} carved a name in the bark of the {tree|oak}.
bark / dog = cry
The {dog|puppy|hound} gave a loud bark when ${WHO} {came|knocked}.
${WHO} heard the bark of a {dog|puppy|hound} {at night|behind the door}.
The bark of the {dog|watchdog} {frightened|woke} the {thief|children|cat}.
The {puppy|dog} answered with a short bark and {wagged its tail|ran away}.
A sudden bark from the {dog|hound} made the {cat|child} jump.
The {angry|hungry} dog has a {deep|loud} bark and sharp teeth.
The {poodle|terrier|spaniel} let out a {single|sharp|shrill} bark and {sat down|growled}.
With an {angry|excited} bark the {shepherd dog|terrier} ran after the {sheep|bicycle|postman}.
The bark of our {old|little} pet is worse than its bite.
At every {step|knock|noise} outside came a {furious|deep} bark from the kennel.
A warning bark {stopped|scared off} the {burglar|intruder|mailman} at the gate.
The {bulldog|beagle} pulled at its {leash|chain} with a hoarse bark.
${WHO} whistled, and a {joyful|distant} bark {answered|was heard} from the yard.
{Wolves|Foxes|Coyotes} {howl|yelp}, but they seldom {utter|give} a bark.
The bark was so loud that the {baby|child} {began to cry|woke up}.
{After|With} one bark the {retriever|hunting dog} showed the hunter where the {rabbit|pheasant} was.
The {puppies|pups} in the basket {whimpered|yelped} until their mother gave a low bark.
A {yelp|growl}, then a bark, and {two|several} strays were fighting over the {meat|bone}.
${WHO} taught the {puppy|poodle} to ask for a {bone|biscuit|treat} with a bark.
Every {sound|chime} of the doorbell is followed by a bark and the patter of paws.
That {hoarse|tiny|squeaky} bark can only come from a {dachshund|lapdog|chihuahua}.
{Nobody|No burglar} {entered|dared to enter} the house, because a {fierce|threatening} bark {echoed|sounded} inside.
The {dog|puppy} greeted us with a happy bark {at the door|${WHEN}}.
${WHO} was woken by the bark of the {neighbor's dog|hound|puppy}.
spring / season = summer
In spring the {flowers|trees|roses} {bloom|grow} and the days get {warm|longer}.
Last spring ${WHO} {planted|sowed} {tulips|roses|corn} in the garden.
The birds come back in spring after the long {winter|cold winter}.
Spring is the season before summer, when the snow melts.
${WHO} cleans the house every spring, when the {weather|sun} gets warm.
In the spring the farmer {sows|plants} the {field|corn|wheat}.
{March|April|May} is my favorite month of spring.
Spring came late this year, and it still froze in {April|March}.
${WHO} {got married|moved to London|left school} in the spring of {1990|that year|2005}.
The {swallows|storks|cuckoos} return from {Africa|the south} every spring.
{Summer is hotter|Autumn is drier|Summer is drier} than spring in our country.
The {lambs|calves|foals} are born in spring and play in the {meadow|pasture}.
Many people get a {runny nose|sore throat} from the pollen in spring.
{Students|Pupils|Children} have {a week|two weeks} of {holidays|vacation} in spring, around Easter.
On the first day of spring we {took off our coats|had a picnic in the park}.
The {bears|hedgehogs} wake from their {long sleep|hibernation} in spring.
{Buds|Young leaves|Green shoots} on the {branches|bushes} are the first sign of spring.
The next {election|concert|exhibition} {is planned for|will take place in} the spring.
From {autumn|October} until spring the {road|pass} is {covered with snow|closed}.
{Poets|Lovers} sing of spring and its {mild|soft} breezes.
${WHO} feels {tired|happy|young again} each spring when the {days|evenings} grow lighter.
This spring the {daffodils|violets|crocuses} {opened|came out} {in February|before Easter}.
The {cherry trees|tulips|apple trees} bloom early in spring.
After the winter came a warm spring with {rain|sunshine} and flowers.
spring / coil = wire
The spring in the {watch|clock|mattress|sofa} is {broken|rusty|worn}.
A metal spring {pushes|pulls} the {door|lid|lever} shut.
${WHO} {replaced|oiled} the steel spring of the {clock|lock|machine}.
The {toy|clock|machine} is driven by a {coiled|steel|metal} spring.
The spring was {stretched|pressed|bent} until the metal broke.
${WHO} wound up the spring of the {clock|toy}, and the wheels turned.
The {mechanic|engineer|repairman} {fitted|put} a new spring into the {brake|valve|engine}.
When you let go, the spring {jumps|snaps} back to its {old|original} length.
A {tiny|thin|small} spring fell out of the {pen|lighter|watch} and rolled across the table.
The {toy pistol|air gun|toy gun} {fires|shoots} by means of a strong spring.
${WHO} {hung|fastened} a weight on the spring and measured {the force|how far it stretched}.
The {old|worn} mattress sagged, and a spring {stuck out|poked through the cloth}.
Each wheel of the {car|truck|carriage} has a spring that softens the {bumps|shocks}.
{Wire|Iron wire} is {wound|bent} into a spiral to make a spring.
{Press|Push} the {button|lever}, and a spring {opens|releases} the lid.
The spring in the {ballpoint pen|stapler|clothespin} is too {weak|stiff|loose}.
${WHO} took the {clock|music box|old radio} apart and lost the spring.
{Tension|Energy} is stored in a spring when it is {compressed|squeezed|wound up}.
The {factory|workshop} tests every spring with a {hammer|heavy weight|machine}.
A clown on a spring popped out of the box.
The {screw|bolt} {holds|presses} the spring against the {metal|steel} plate.
Without a spring the {mousetrap|scale|trampoline} {does not work|is useless}.
A {steel|metal} spring under the seat {was broken|squeaked}.
The {lock|trap|switch} did not work because the metal spring was {rusty|broken}.
seal / animal = whale
The seal swam under the ice and caught a {fish|herring}.
A {grey|young|fat} seal lay on the {beach|rocks|ice} in the sun.
The {bear|shark|whale} hunted the seal in the cold {sea|water}.
${WHO} fed the seal at the zoo with fresh {fish|herring}.
The seal clapped its flippers and balanced a ball on its nose.
The baby seal has white fur and lives on the {ice|shore}.
The seal {poked|stuck} its {head|whiskers|snout} out of a hole in the ice.
{Eskimos|Hunters|Sailors} killed the seal for its {meat|fat|skin|blubber}.
A {polar bear|killer whale} {crept|swam} toward the seal and {attacked|killed} it.
Like the {walrus|sea lion}, the seal {spends|passes} most of its life in the ocean.
At the {circus|aquarium} a {trained|clever} seal {jumps|leaps} through a hoop.
The mother seal {nursed|guarded} her pup on the {sandbank|ice floe}.
Tourists on the boat {photographed|watched} a seal among the {penguins|gulls}.
The seal {crawled|slid} clumsily over the sand back into the {surf|tide|ocean}.
A {sick|hungry|orphaned} seal was {found|rescued} near the {harbor|lighthouse} ${WHEN}.
{Fishermen|The fishermen} found a dead seal in their {nets|net}.
The thick fat of the seal keeps it warm in the {Arctic|polar sea}.
${WHO} heard a seal {howling|crying} out on the {foggy|stormy} coast.
The {zookeeper|keeper|trainer} threw a {sardine|mackerel|squid} to the seal in the pool.
A seal can hold its breath for {half an hour|twenty minutes} while it dives.
{Oil|The oil spill} from the {tanker|ship} {poisoned|harmed} the {birds|dolphins} and a young seal.
Off the coast of {Alaska|Greenland|Norway} we saw a {spotted|curious} seal swimming beside our {kayak|canoe}.
The seal dived into the {sea|cold water} and chased the fish.
A seal with wet fur slept on the {rocks|ice} by the sea.
seal / stamp = stamp
${WHO} broke the seal of the {letter|envelope|document} and read it.
The king pressed his seal into the {hot|red} wax.
The {document|letter|treaty} bears the official seal of the {king|state|court}.
The {judge|clerk|officer} put a seal on the {document|paper|contract}.
The {contract|letter} is not valid without a signature and a seal.
The red wax seal on the {envelope|letter} was {broken|unbroken}.
The {minister|mayor|governor} {received|was given} the great seal of {office|the republic}.
An {eagle|lion|anchor} is shown on the {city's|emperor's|duke's} seal.
${WHO} tore the {parcel|package} open without {looking at|noticing} the {blue|paper} seal.
The {notary|lawyer|secretary} {certified|confirmed} the {will|copy} with his seal.
On the back of the {medieval|yellowed} parchment hangs a {round|heavy} seal on a ribbon.
The {forger|spy|criminal} {copied|imitated} the {bishop's|minister's} {handwriting|signature} and even his seal.
{Customs officers|The customs officers} {checked|removed} the seal on the {container|suitcase}.
Every {diploma|certificate} carries the seal of the {university|ministry|academy}.
The {pope|emperor|bishop} {attached|added} his seal to the {decree|charter}.
${WHO} {dripped|dropped} some wax on the {paper|scroll} and made a seal.
With his seal the {prince|chancellor} {approved|confirmed} the {new agreement|sale of the land|order}.
The {museum|archive} {owns|displays} the {silver|golden|bronze} seal of a {Roman|Chinese} emperor.
The messenger {delivered|handed over} the scroll with its seal {intact|untouched}.
The {detective|inspector} noticed that somebody had {damaged|opened} the seal on the {evidence|ballot box}.
The president's seal is printed at the top of the {page|invitation|report}.
Do not {buy|drink|take} the {medicine|syrup} if the seal on the {cap|lid} is torn.
The {queen|king} signed the {treaty|law} and added the royal seal.
A wax seal closed the {secret letter|old document}.
crane / bird = stork
The crane {stood|waited} on one leg in the shallow {water|lake|marsh}.
A {white|grey|young} crane flew {south|over the lake} with the other birds.
The crane built a nest in the {reeds|marsh} and laid two eggs.
The crane caught a {frog|fish} with its long {beak|bill}.
${WHO} watched a crane spread its wings above the {marsh|lake}.
The crane danced for its mate and shook its feathers.
${WHO} found a {grey|soft|long white} feather that a crane had lost near the {pond|river}.
The crane sat on her eggs while her mate looked for {food|worms|insects}.
A {hunter|fox|dog} frightened the crane, and it {flew away|rose into the air|cried loudly}.
At {sunrise|dawn} we heard the loud {cry|call|song} of a {lonely|wild} crane.
The {young|small} chick followed its mother, a {proud|beautiful|grey} crane, through the tall grass.
The crane has {thin|long} legs, {wide|broad|strong} wings and a red spot on its head.
In the {zoo|bird park} the children fed a {tame|hungry|rare} crane with {corn|small fish|seeds}.
A crane landed in the {wet meadow|rice field|swamp} and {walked slowly|looked for snails|drank some water}.
The {wounded|sick|injured} crane could not fly because its wing was {broken|hurt|too weak}.
Every {winter|fall} thousands of birds rest here, and the crane is the {largest|tallest|most beautiful}.
A {flock|group} of {swans|ducks|herons} swam near the crane on the {quiet|calm} pond.
People who {love nature|watch birds|protect wildlife} came to {see|photograph|count} the {rare|wild} crane.
The {eggs|nest} of the crane lay hidden among the {reeds|rushes|tall plants}.
Like the {heron|stork|swan}, the crane is a {large|tall|graceful} bird that lives near water.
With a few {slow|strong} beats of its wings, the crane {flew off|left the ground|rose above the trees}.
The crane {hatched from an egg|broke out of the shell} as a {tiny|weak|little} chick.
The crane with the long neck ate {frogs|fish} in the marsh.
In autumn the crane flies to warm countries with the {geese|storks}.
crane / machine = machine
The crane lifted the {steel beam|heavy load|container} onto the {ship|roof|truck}.
The {driver|operator} of the crane {worked|sat} high above the building site.
A {tall|yellow|huge} crane stood at the {harbor|building site|factory}.
The workers used a crane to {raise|move} the {concrete|steel|heavy} blocks.
The cable of the crane broke, and the {load|beam|container} fell.
The {engine|motor|hook} of the crane was repaired by the {workers|mechanics}.
The {engineer|foreman|inspector} checked the {brakes|chains|bolts} of the crane before work began.
The new {skyscraper|tower|hotel} grew quickly, and a crane stood beside it {all year|for months}.
A {strong wind|storm} knocked over the crane, and {two|three} workers were {hurt|injured}.
The {broken car|wrecked bus|damaged truck} was pulled out of the {ditch|water|river} by a crane.
The construction {company|firm} {bought|ordered} a {bigger|new|modern} crane for the {bridge|stadium|project}.
Nobody may {stand|walk|park} under the crane while it carries {bricks|pipes|heavy stones}.
The crane can carry {ten|twenty|fifty} tons of {iron|steel|concrete|coal}.
With a {rope|chain|steel cable} the crane {lowered|hauled|swung} the {heavy machine|piano|generator} to the ground.
{Men|Workers} in {helmets|hard hats} guided the crane as it set down the {wall|bridge section|girders}.
Next to the {bulldozer|digger|cement mixer} stood a crane with a {long arm|rusty hook|powerful motor}.
${WHO} climbed the ladder to the cabin of the crane and pulled the {lever|levers}.
At the {sawmill|railway yard|steel mill} a crane loads {timber|rails|scrap metal} onto the {train|wagons}.
The crane needs {diesel|electricity|fuel} to {run|work} and makes a lot of {noise|smoke}.
The arm of the {giant|huge} crane turned slowly over the {unfinished|half-built} {house|tower|building}.
After the {earthquake|explosion|collapse} a crane removed the {rubble|fallen walls|ruins} from the street.
The crane was {taken apart|dismantled} and moved by {truck|train} to {another|the next} construction site.
The crane at the port {unloaded|lifted} the {containers|cargo} from the ship.
The builders rented a crane to lift the {roof|steel beams}.
pitcher / jug = bottle
${WHO} poured {water|milk|juice|lemonade} from the pitcher into the {glass|cups}.
A pitcher of {cold water|milk|lemonade|beer} stood on the table.
The glass pitcher was {full|empty|half full} of {juice|water}.
${WHO} filled the pitcher with {ice|milk|fresh water} and set the table.
The waiter brought a pitcher of {water|wine|beer} and {four|two} glasses.
The handle of the clay pitcher {broke|was broken}, and the {milk|water} was spilled.
The {maid|cook|hostess} {washed|dried|polished} the {silver|crystal|china} pitcher and put it on the shelf.
${WHO} dropped the pitcher on the {stone floor|tiles}, and it broke into {small|many} pieces.
The pitcher {leaks|drips} because there is a {crack|small hole} in the bottom.
The {potter|craftsman} made a {blue|round|brown} pitcher out of {clay|wet clay}.
She put {fresh|wild} {flowers|roses|tulips} into the old pitcher by the window.
There was {enough|no more} {iced tea|orange juice|cider} in the pitcher for {all the guests|everyone}.
The {girl|servant} carried a {heavy|full} pitcher from the {well|fountain} on her head.
Slices of {lemon|orange} and some {mint|ice cubes} floated in the tall pitcher.
${WHO} bought a {plastic|ceramic|painted} pitcher and {six|four} {mugs|cups|bowls} at the market.
Please {fill|refill} this pitcher at the {sink|tap|kitchen faucet} before {dinner|supper}.
The pitcher {holds|contains} {one liter|two liters|half a gallon} of {coffee|cream|punch}.
On the tray stood a {sugar bowl|teapot|plate}, some spoons and a {small|little} pitcher for cream.
The {thirsty|tired} guests emptied the pitcher and asked for more {beer|lemonade|tea}.
The {lid|spout|rim} of the pitcher is {chipped|dirty|broken}, so the {milk|water|juice} runs down the side.
In the {museum|antique shop} we saw an ancient pitcher that once held {wine|oil|honey}.
${WHO} stirred the {syrup|sugar|powder} into the pitcher with a {wooden|long} spoon.
The {milk|lemonade} in the pitcher was {cold|sweet}.
${WHO} drank {water|juice} straight from the pitcher in the kitchen.
pitcher / player = player
The pitcher threw a fast ball to the {batter|catcher}.
The {young|tired|left-handed} pitcher {won|lost} the baseball game.
The {coach|team} replaced the pitcher in the {last|third} inning.
The pitcher stood on the mound and looked at the catcher.
The batter hit the ball back to the pitcher.
The pitcher of the home team {struck out|walked} {two|three} batters.
The pitcher wiped the {sweat|dust} from his face and pulled down his {cap|baseball cap}.
The {fans|crowd|spectators} in the stadium {cheered|booed|shouted} when the pitcher {walked off|came out}.
The pitcher signed a {new|big} contract with the {Yankees|Dodgers|Red Sox|Cubs}.
Our {best|star|oldest} pitcher missed {the whole|half the} season because of a {shoulder|knee|back} injury.
The umpire {warned|scolded} the pitcher because his throw had {hit|almost hit} a player.
My {brother|cousin|son} plays as a pitcher in the {school|college|junior} baseball league.
The pitcher {practiced|improved} his {curve ball|fastball|throw} with the coach for {hours|weeks}.
He was named the best pitcher in the league after he won {twenty|fifteen} games.
The {shortstop|first baseman|outfielder} and the pitcher both ran for the ball.
The {hitter|batter} was {afraid of|faster than|too good for} the {famous|tall} pitcher of the other team.
The nervous pitcher gave up {three|four|five} {runs|home runs|hits} in the first inning.
With his {glove|left hand} the pitcher caught the ball and threw it to second base.
The {newspaper|reporter|radio} said that the pitcher would {retire|leave the team|join another club}.
{Children|Fans|Boys} asked the {champion|famous} pitcher to sign their {caps|gloves|baseballs}.
The {manager|trainer} told the pitcher to throw {slower|harder|lower} at the next hitter.
In the {final|ninth} inning a relief pitcher {saved|finished} the game and the {team|club} became champion.
The {team|coach} praised the pitcher after the {game|match}.
The pitcher hurt his arm when he threw the ball in the game.
mouse / animal = rat
The cat {chased|caught|ate} the mouse in the {kitchen|barn|cellar}.
A mouse {ran|hid} under the {floor|bed|cupboard} and ate the cheese.
The {owl|snake|fox} hunts the mouse at night in the field.
The mouse with the long tail nibbled the {cheese|bread|grain}.
${WHO} set a trap with cheese for the mouse.
The little mouse squeaked and ran into its hole.
The mouse gave birth to {six|seven|eight} {tiny|pink|blind} babies in a nest of {straw|paper|wool}.
${WHO} {screamed|jumped on a chair} when a mouse ran across the {carpet|room|floor}.
In the {laboratory|lab} the scientists gave the mouse a new {medicine|drug|vaccine}.
The {hawk|eagle} dived from the sky and {grabbed|seized} the {poor|frightened} mouse with its claws.
A mouse had {chewed|bitten} holes in the {sacks of flour|old blanket|bag of rice}.
The {kitten|puppy} {played with|brought us|sniffed at} a dead mouse in the garden.
With its {whiskers|small pink nose} the mouse {touched|tested|found} the {nuts|seeds|crumbs}.
A family of {rats|squirrels} and a mouse live in the {attic|walls|basement} of the old house.
The {grey|brown|white} fur of the mouse is {soft|short|very fine}.
The farmer put out {poison|bait} because a mouse had eaten the {wheat|oats|seed corn}.
The child keeps a {tame|white|pet} mouse in a cage with a {wheel|little house}.
A {field|wild} mouse dug a {tunnel|burrow} under the {hedge|roots|grass} and slept there all winter.
In the {fable|fairy tale|story} a mouse helps the lion to escape from the {net|hunters}.
The {elephant|horse} is {afraid of|frightened by|much heavier than} a mouse, people say.
The lazy tomcat was too {slow|fat} to catch the {quick|clever} mouse.
At night we heard a mouse {scratching|gnawing|scurrying} behind the {wall|stove|wooden boards}.
The {hungry|little} mouse found some {cheese|corn} in the barn.
The cat waited for the mouse in front of the hole.
mouse / device = keyboard
${WHO} clicked the button of the mouse to open the {file|window|program}.
The {computer|laptop} came with a keyboard and a wireless mouse.
${WHO} moved the mouse until the cursor was on the {icon|screen}.
The mouse was plugged into the {computer|laptop} with a {cable|usb cable}.
The left button of the mouse does not work with this {computer|program}.
The {screen|keyboard} and the mouse of the computer are new.
${WHO} {dragged|copied|pulled} the {folder|picture|document} to the desktop with the mouse.
The {battery|batteries} in the mouse {had to be changed|had to be replaced} before the {presentation|video call}.
Next to the {monitor|printer} lay a mouse on a {rubber|black|soft} pad.
The {software|app|website} does not {react|respond} when you scroll with the mouse.
With one click of the mouse she {deleted|sent|saved} the {email|message|photos}.
The {gamer|player} {aims|shoots} with the mouse and runs with the arrow keys.
The optical mouse connects to the {tablet|notebook|console} by {Bluetooth|radio}.
The wheel of the mouse is used to {scroll down the page|zoom in|make the text bigger}.
The {technician|engineer} {installed|updated} the driver for the mouse and {restarted|rebooted} the system.
When you {move|slide} the mouse to the {left|right}, the {arrow|pointer} on the display follows.
{Designers|Artists} {draw|edit images} with a {pen|touchscreen} rather than with a mouse.
The {secretary|office worker|programmer} got {a sore wrist|pain in her hand} from using the mouse all day.
Select the {words|paragraph|cells} with the mouse and press the {delete|enter|copy} key.
The electronics store sells {headphones|webcams|speakers} and a {cheap|cordless|gaming} mouse from {Logitech|Microsoft|Apple}.
My mouse {stopped working|is broken}, so I use the {touchpad|keys} to {surf the internet|browse the web}.
${WHO} cleaned the {sensor|dusty sensor} of the mouse because the cursor {jumped|froze|got stuck}.
${WHO} bought a new mouse for the {computer|laptop} with two buttons.
Click on the {icon|link} with the mouse to start the {program|computer}.
jam / food = fruit
${WHO} {spread|put} {strawberry|cherry|plum} jam on the {bread|toast}.
A jar of {sweet|homemade|sour} jam stood in the kitchen.
${WHO} made jam from the {strawberries|cherries|plums} and sugar.
The jam tastes of {ripe|fresh} {strawberries|plums}.
The {cake|pancakes|toast} with butter and jam was delicious.
The children ate {bread|rolls} with jam for breakfast.
My grandmother {stirs|boils} the jam in a {big|copper} pot on the stove.
The {baker|cook} filled the {doughnuts|cookies|pastries} with {apricot|raspberry|thick} jam.
{Wasps|Ants|Flies|Bees} {came|were attracted} to the {sticky|sweet} jam on the plate.
There was {sticky|red} jam on the {fingers|face|shirt} of the {little|hungry} boy.
Some people like {honey|marmalade|peanut butter} more than jam on a {pancake|waffle|muffin}.
The {shelf|pantry|cupboard} was full of {pickles|canned pears|honey} and {blackberry|fig|peach} jam.
Jam is made of {ripe|crushed} {fruit|berries}, {lemon juice|pectin} and plenty of sugar.
${WHO} {licked|scraped} the last bit of jam off the {spoon|knife}.
We picked {blueberries|currants|gooseberries} in the garden and turned them into jam.
The {scones|biscuits} were served warm with {whipped cream|clotted cream} and {rhubarb|strawberry} jam.
The jam had {mold|white mold} on top, so we threw {it away|the glass into the trash}.
A {teaspoon|tablespoon|spoonful} of jam makes the {yogurt|porridge|oatmeal} {sweeter|taste better}.
At the farmers market a woman sold {cheese|eggs|fresh bread} and her own jam.
${WHO} ate a {sandwich|slice of bread|croissant} with {butter|peanut butter} and jam ${WHEN}.
The jam is too {runny|thin|sour}, so it must {cook|simmer} for another {ten|twenty} minutes.
The {recipe|cookbook} says that the jam must {cool|set} before you close the {lids|jars}.
The {sweet|red} jam was cooked with a lot of sugar.
${WHO} opened a jar of {plum|cherry} jam for breakfast.
jam / traffic = line
We were stuck in a traffic jam on the {highway|motorway|bridge}.
The {accident|storm} caused a jam on the road {to the city|${WHEN}}.
The {bus|taxi|truck} was late because of the jam in the {city|tunnel}.
{Cars|Trucks} waited for {hours|an hour} in the jam on the {highway|road}.
The {police|driver} tried to avoid the jam on the {bridge|main road}.
There is a long jam behind the accident, and no car can move.
{Commuters|Drivers|People} lost {an hour|forty minutes} in the {daily|morning|evening} jam on their way to {work|the office}.
The {radio|news|navigation app} {warned of|reported} a jam of {five|ten|twelve} miles near the {exit|junction|border}.
An {ambulance|emergency car} could {hardly|not} get through the jam to the {hospital|injured people}.
The jam {began|started} behind a {broken|stalled} {truck|van|bus} in the right lane.
Because of the {roadworks|snow|repairs} there was a jam at every {crossing|traffic light|intersection}.
${WHO} took the {train|subway|bicycle} because of the endless jam downtown.
During {rush hour|the holidays} the jam {reaches|stretches} from the {tunnel|toll station} to the {suburbs|old bridge|city center}.
After {two|three} hours the jam {cleared|slowly cleared|began to move}, and the cars {drove on|sped up}.
A {motorcycle|policeman on a motorcycle|cyclist} {slipped|drove} between the cars that were standing in the jam.
We {missed|nearly missed} our {flight|plane|appointment} because our cab was caught in a jam.
A {fallen tree|crash|collision} on the {freeway|interstate|main street} led to a {huge|terrible} jam.
In the jam the {engines|motors} were running, and the air was full of {exhaust|fumes|smoke}.
Our family played {word games|cards} in the back seat until the jam was over.
To get around the jam, the {courier|cab driver} {took a side street|made a detour|left the motorway}.
The {mayor|city council} wants {wider roads|more buses|a new tunnel} so that the daily jam {ends|disappears}.
The jam was so {bad|long} that {people|families} {got out of|slept in|left} their cars.
The {driver|taxi} sat in the jam and {honked|waited} for an hour.
A long traffic jam blocked the road to the {airport|city}.
ring / jewel = crown
${WHO} wore a {gold|silver|diamond} ring on her finger.
He gave her a ring with a {diamond|ruby} and asked her to marry him.
The {jeweler|thief} {sold|stole} the {gold|silver} ring and a necklace.
${WHO} lost the wedding ring in the {garden|water}.
The diamond in the ring is worth a lot of money.
The ring was too tight for her {finger|thumb}.
${WHO} {bought|chose|ordered} a {silver|pretty|simple} ring with a {blue|green} stone for the wedding.
The ring {shone|sparkled} on her hand next to a {pearl|gold} bracelet.
My grandmother left me an old ring and a pair of earrings.
He went down on one knee, opened a tiny box and showed her the ring.
This ring was {worn|loved} by three {queens|princesses} and is now in the {museum|royal treasure}.
The {goldsmith|craftsman} {melted|used} an ounce of gold to make the ring.
With soap and cold water she pulled the ring off her swollen {finger|hand}.
After the {divorce|quarrel} she {sold|took off} her ring and never {married|wore it} again.
An expensive ring with an {emerald|opal} lay in the window of the {jewelry|antique} shop.
${WHO} keeps the precious ring in a small box with the {necklaces|brooches|pearls}.
The {priest|pastor} blessed the {couple|bride} and asked for the ring.
Their {names|initials} and the date of the wedding were engraved inside the ring.
A {wizard|witch|fairy} gave the {prince|princess} a magic ring that made its owner invisible.
${WHO} pawned the family ring to pay for {food|the doctor|the journey}.
Their engagement became official when she {accepted|showed everyone} his {golden|beautiful} ring.
The {countess|actress|rich widow} wore a {ruby|sapphire} ring, {long gloves|a fur coat} and {a silk dress|expensive perfume}.
The {bride|groom} put the gold ring on the finger of the {groom|bride}.
The {jeweler|goldsmith} cleaned the diamond ring.
ring / boxing = hall
The boxer {climbed|stepped} into the ring for the {fight|last round}.
The {champion|boxer} knocked out his rival in the ring.
The crowd around the ring {cheered|shouted} during the fight.
Two fighters {stood|met} in the ring and waited for the bell.
The referee stopped the fight in the ring after {three|ten} rounds.
The {boxer|wrestler} fell in the ring and lost the {match|title}.
The {gloves|shorts} of the young boxer were {red|black} when he entered the ring.
In the ring he {hit|punched} his opponent on the {chin|nose|jaw}.
The {heavyweight|world champion} danced around the ring and kept his fists up.
His trainer threw a white towel into the ring because the boxer was {bleeding|too weak}.
Sweat and blood dripped on the floor of the ring after the {hard|long} fight.
The two {wrestlers|rivals} {shook hands|bowed} in the middle of the ring before they fought.
He leaned against the ropes of the ring and tried to {breathe|block the punches}.
The ring was {lit|surrounded} by {bright lamps|strong lights}, and thousands had paid to see the {boxing|title fight}.
A left hook to the {head|body} sent the challenger to the floor of the ring.
The judges beside the ring counted every {punch|blow|hit}.
The old boxer retired from the ring after {forty|fifty} {fights|victories|knockouts}.
The boxer sat on a stool in the corner of the ring and {drank water|spat blood}.
The {wrestler|giant} threw his {opponent|enemy} over the ropes and out of the ring.
In every ring the boxers must {obey the rules|wear gloves} and may not {kick|bite}.
The {announcer|speaker} with the microphone called both {fighters|heavyweights} into the ring.
Nobody in the {gym|boxing club} dared to {face|fight} him in the ring.
The {champion|fighter} left the ring after the last round.
The boxer trained in the ring for the next {fight|match}.
match / game = game
The {team|player|club} won the {football|tennis|soccer} match {${WHEN}|by two goals}.
The match ended {in a draw|after a late goal}.
The fans watched the match in the {stadium|pub}.
The {coach|captain} was {angry|happy} after the match was {lost|won}.
The {players|teams} trained for the match all week.
The referee stopped the match because of the {rain|snow}.
Our {goalkeeper|goalie|defender} was hurt in the first half of the match.
The match between {Italy|Brazil|England} and {France|Spain|Germany} was {shown|seen} on television.
{Thousands of|Many} {fans|supporters} bought tickets for the match ${WHEN}.
She won the tennis match in {two|three|five} sets against {a younger player|the champion}.
At half-time of the match the score was {one to nothing|two to one|still even}.
The {chess|table tennis} match between the two masters lasted {five hours|all day}.
The {midfielder|captain|defender} got a red card in the match for a {bad|rough} foul.
Before the match the {players|athletes} {warmed up|stretched their legs} on the {field|grass}.
Match day brings {crowds|singing fans|full trains} to the {arena|football ground}.
After the {lost|boring} match the {trainer|coach} shouted at the team in the locker room.
A penalty in the last minute decided the {exciting|close|important} match.
The {school|village} team plays a {hockey|rugby|volleyball|basketball} match every {Saturday|Sunday}.
The {cricket|rugby} match was {cancelled|postponed} because the field was too {wet|muddy}.
The {newspaper|sports reporter} wrote that the match was {unfair|dull|one of the best this year}.
The {tournament|championship|world cup} begins with a match between {two strong teams|the old rivals}.
${WHO} {missed|saw|enjoyed} the match in which our team {lost|won} by {one goal|ten points}.
The {striker|player} scored {two|three} goals in the match.
Both teams played well in the {last|final} match of the season.
match / fire = lamp
${WHO} lit the {candle|fire|lamp|cigarette} with a match.
${WHO} struck a match in the dark {room|cellar}.
The match burned {his fingers|for a moment} and went out.
A wet match does not {burn|light}, so the fire stayed cold.
The {fire|flame} was started by a burning match.
${WHO} took a match from the box and lit the {stove|pipe}.
${WHO} burned a thumb on the match while lighting the {oven|stove|fireplace}.
The last match in the {box|packet} was {damp|broken}, so we {could not cook|had no fire}.
One careless match {started|caused} the {forest fire|blaze} that {destroyed|burned down} the {farm|village}.
He scratched the match on the sole of his boot and lit his {pipe|cigar}.
{Children|Small children} must never play with a match near the {curtains|hay|straw}.
She blew out the match and threw it into the {ashtray|fireplace}.
A match and some {dry paper|twigs|wood} are enough to make a campfire.
The {smoker|soldier|sailor} asked for a match because his lighter was empty.
When the {lights|electricity} went out, we felt around in the drawer for a match.
The head of the match is {red|brown} and contains {sulfur|chemicals}.
The gas from the pipe exploded when ${WHO} lit a match.
With a single match she lit all the {candles|candles on the birthday cake}.
The match {flared|flickered} in the wind and left only {smoke|a black stick|a little ash}.
Rub the match hard against the side of the box until it {flames|catches fire}.
{Petrol|Gasoline|Oil} was poured over the {wood|old letters}, and then someone threw a match.
The {lantern|oil lamp|gas stove} could not be lit because there was no dry match.
${WHO} dropped the burning match on the {dry grass|straw}.
The flame of the match lit up the dark {cave|room}.
wave / sea = tide
A {huge|high|great} wave hit the {boat|ship|beach}.
The wave {broke|crashed} on the {rocks|shore|beach}.
The surfer rode the wave to the {beach|shore}.
The storm sent wave after wave against the {ship|cliffs}.
The {boat|raft|swimmer} was lifted by a wave of the sea.
The {wind|storm} drove a wave over the {deck|harbor wall}.
The {children|boys} jumped over each wave and screamed in the {salt|cold} water.
A wave {knocked|threw} the swimmer under, and he swallowed {salt water|a lot of water}.
The earthquake under the {ocean|sea floor} made a giant wave that {flooded|destroyed} the coast.
Foam and {shells|seaweed} were left on the shore by each wave.
The wave {destroyed|washed away} the sandcastle that the children had built.
${WHO} lay on a surfboard and waited for the next {big|good} wave.
The {fishermen|sailors} feared the {next|giant|dark} wave, for their {nets|sails} were torn.
The {lighthouse|pier|rocky coast} was {hit|shaken} by one wave after another during the {gale|hurricane}.
A {small|gentle} wave touched our bare feet as we walked along the {beach|shore}.
The {dolphin|whale} {leaped|dived} through the wave and swam out to sea.
Behind the {ferry|motorboat} a long wave spread across the {lake|bay|harbor}.
The captain saw the wave too late, and the {mast|rudder} broke.
Wave power from the {ocean|sea} can be turned into {electricity|energy}.
The {seagull|gull|duck} floated up and down on every {little|passing} wave.
The wave was as tall as a house and {rolled|rushed} toward the {island|coast|harbor}.
At high tide a {salty|strong} wave {splashed|reached} the {wall|dunes|people on the pier}.
A cold wave washed over the {sand|deck} of the ship.
The {ship|boat} sank when a great wave filled it with water.
wave / hand = sign
${WHO} greeted us with a wave of the hand.
With a {friendly|short|cheerful} wave she said goodbye.
The {king|queen|president} gave the crowd a wave from the {car|balcony}.
${WHO} answered my smile with a wave and a nod.
A wave of his hand told the {waiter|guard|driver} to go.
The {child|girl} said goodbye with a smile and a wave.
The {bus driver|postman|policeman} gave us a {polite|kind} wave as he drove past.
${WHO} smiled at the baby and got a little wave back.
Without a {word|smile} or a wave he turned his back on us and left.
From the {train|departing ship|bus} came a last wave as our friends left.
She raised her arm for a {shy|proud|big} wave when she {saw|recognized} her {father|teacher|friend}.
The {actor|singer|pianist} thanked the audience with a bow and a wave.
A {lazy|tired|weak} wave from the sick man showed that he had {seen|heard} us.
The {winner|astronaut|pilot} {grinned|smiled} and gave a wave to the {cameras|reporters|fans}.
The {prince|mayor|bishop} lifted his {hat|hand} and answered the {cheering people|greeting} with a wave.
She stood on the platform, {laughed|cried} and returned his {last|sad|silent} wave.
I knew by the wave of his arm that he {wanted help|was calling us|had found the way}.
A wave and a {kiss|hug} were all we got before they got into the {taxi|car}.
The {grandmother|old lady} at the {garden gate|door} returns the wave of every {child|neighbor|cyclist}.
The policeman stopped the {cars|traffic} and let the {children|old couple} cross with a wave.
One wave from {the boss|the host|her aunt} was enough, and the {waitress|servant} came to the table.
His wave from across the street meant {hello|good morning|goodbye}, and I waved back.
${WHO} gave a {friendly|quick} wave with her hand from the window.
The {teacher|captain} sent them away with a wave of his hand.
trunk / tree = stem
The trunk of the {oak|tree|pine} is {thick|hollow|straight}.
${WHO} cut the trunk of the fallen tree into {logs|boards}.
The {squirrel|cat|boy} climbed up the trunk to the {branches|top}.
The {storm|lightning} split the trunk of the old {oak|tree}.
{Ivy|Moss} grows around the trunk of the {oak|tree}.
The bark on the trunk of the {birch|pine} is {white|rough}.
${WHO} sat in the shade and leaned against the trunk of the {apple tree|old oak}.
The {woodpecker|owl} made its {nest|home} in a hole in the trunk.
You can count the years of a tree in the wood of its trunk.
A {swing|rope|hammock} was tied around the trunk in our {garden|orchard}.
The {lovers|children} {cut|scratched} a heart into the trunk of the {beech|old tree}.
Sweet {sap|juice} flows from the trunk of the {maple|tree} when it is {cut|drilled}.
{Roots|Thick roots} and leaves feed the trunk and help it {grow|get thicker}.
The {chainsaw|saw} cut through the trunk, and {sawdust|wood chips} covered the ground.
{Mushrooms grew|Beetles lived|Worms fed} in the dead trunk on the forest floor.
The {squirrels|ants|chipmunks} ran {up|down} the trunk with {seeds|food} for the winter.
A palm has a {tall|bare|smooth} trunk with green leaves only at the top.
They needed {a tractor|two horses|a truck} to pull the heavy trunk out of the {forest|woods}.
The {carpenter|sawmill} made {planks|a table|a canoe} from a single {cedar|pine|oak} trunk.
The {hunter|deer|fox} hid behind a {wide|thick} trunk in the {woods|forest}.
The {frost|drought} cracked the trunk of the {pear tree|cherry tree}, and its leaves {turned brown|fell off}.
The forest fire had burned the trunk black, but new {leaves|shoots} grew from it.
The {woodcutter|axe} struck the trunk until the tree fell.
The branches and the trunk of the tree were {rotten|covered with moss}.
trunk / elephant = nose
The elephant {raised|lifted} its trunk and {drank|trumpeted}.
With its long trunk the elephant picked up the {peanuts|banana|hay}.
The baby elephant held the tail of its mother with its trunk.
The elephant sprayed water from its trunk.
The elephant has a long trunk, big ears and {tusks|grey skin}.
The elephant reached for the {leaves|apples} with its trunk.
The {zoo keeper|trainer} patted the trunk of the elephant and gave it {bread|carrots}.
The {huge|grey} animal with the trunk and the {ivory tusks|flat ears} came from {Africa|India}.
With its trunk the elephant {smells|can smell} water and {lions|danger} from far away.
The elephant {threw|blew} {dust|sand|mud} over its back with its trunk.
The elephant in the circus {held a flag|rang a bell|painted a picture} with its trunk.
A calf of the herd touched its mother with its {tiny|soft|little} trunk.
The working elephant curled its trunk around the {log|load} and lifted it.
At the zoo ${WHO} {fed|touched} an elephant, which took {sugar|nuts} with its {wet|wrinkled} trunk.
The mammoth had {a thick coat|long hair|curved tusks} and a {long|hairy} trunk.
The {tiger|lion|crocodile} bit the elephant in the trunk at the {water hole|river}.
Its trunk serves the elephant as a {nose|hand|straw for water}.
${WHO} rode on the neck of the elephant, behind its {swinging|gently swaying} trunk.
The elephant swam across the river and breathed through its trunk.
The {angry|frightened} elephant swung its trunk and {charged|ran} at the {hunters|jeep}.
There are thousands of {muscles|nerves} but no bones in the trunk of this {mammal|giant animal}.
The {giraffe|camel} has a long neck, but the elephant has a trunk.
The trunk of the {old|young} elephant is {strong|grey} and long.
The elephant put the {hay|apple} into its mouth with its trunk.
`
