"""Given names by which the same person goes. Pure."""

#: The name in full, then what people make of it. A short form may belong to several names.
SHORT_FORMS = """
abigail: abby abbie gail
abraham: abe bram
adelaide: addie heidi
albert: al bert albie bertie
alexander: alex al alec xander sandy sasha lex
alexandra: alex alexa sandra sandy lexi sasha
alfred: al alf alfie fred freddie
alice: ally allie
allison: ally allie
amanda: mandy
andrew: andy drew
angela: angie
ann: annie nan nancy
anna: annie
anthony: tony ant
antonio: tony toni
arthur: art artie
barbara: barb barbie babs
bartholomew: bart
beatrice: bea trixie
benjamin: ben benny benji
bernard: bernie
bradley: brad
caroline: carrie carol caro
catherine: cathy cath kate katie kit kitty cate
cecilia: cissy celia
charles: charlie chuck chas chaz
charlotte: charlie lottie lotte
christina: chris chrissy tina christy
christine: chris chrissy tina christy
christopher: chris topher kit kris
clifford: cliff
cornelius: neil con
cynthia: cindy
daniel: dan danny
danielle: dani
david: dave davey
deborah: deb debbie
dennis: denny
dominic: dom nick
donald: don donnie
dorothy: dot dottie dolly
douglas: doug
edmund: ed eddie ted
edward: ed eddie ted teddy ned ward
eleanor: ellie nell nellie nora ella
elizabeth: liz lizzie beth betty betsy eliza libby lisa elsie bess lily
emily: em emmy millie
eugene: gene
evelyn: evie
florence: flo florrie flossie
frances: fran fanny francie
francis: frank fran francie
francisco: frank paco pancho cisco
franklin: frank
frederick: fred freddie fritz
gabriel: gabe
gabrielle: gabby
gerald: gerry jerry
geoffrey: geoff jeff
gregory: greg
gwendolyn: gwen
harold: harry hal
harrison: harry
helen: nell nellie
henry: harry hank hal
herbert: herb bert
howard: howie
isabella: bella izzy isa
isabel: bella izzy
isaac: ike zac
jacob: jake
jacqueline: jackie
james: jim jimmy jamie jem
jane: janie jenny
janet: jan
jeffrey: jeff
jennifer: jen jenny jenn
jeremiah: jerry
jeremy: jerry jem
jessica: jess jessie
joan: joanie
joanna: jo
john: jack johnny jon
jonathan: jon jonny nathan
joseph: joe joey jo
jose: pepe
josephine: jo josie
joshua: josh
judith: judy
julian: jules
julia: julie jules
katherine: kathy kath kate katie kit kitty kat
kathleen: kathy kath kate kay
kenneth: ken kenny
kimberly: kim
lawrence: larry laurie
leonard: leo len lenny
leonardo: leo
leslie: les
lillian: lily lil
louis: lou louie
louise: lou
lucille: lucy lu
madeleine: maddie
madeline: maddie
margaret: maggie meg peggy peg marge margie greta daisy rita madge
martha: marty patty
martin: marty
mary: molly polly mamie may
matilda: tilly mattie
matthew: matt matty
maximilian: max
maxwell: max
megan: meg
melissa: mel missy lissa
michael: mike mick mickey micky mikey
michelle: shelly
miguel: mike
mildred: millie
millicent: millie
miriam: mimi
mitchell: mitch
nancy: nan
natalie: nat
nathan: nate nat
nathaniel: nate nat nathan
nicholas: nick nicky nico
nicole: nicky nikki
oliver: ollie
olivia: liv livvy ollie
oscar: ozzy
pamela: pam
patricia: pat patty tricia trish patsy
patrick: pat paddy rick
peter: pete
philip: phil pip
phillip: phil pip
priscilla: cilla prissy
rachel: rae
raymond: ray
rebecca: becky becca
reginald: reg reggie
richard: rick dick rich ricky richie
robert: bob rob bobby robbie bert
roberto: beto rob bob
roderick: rod
rodney: rod
ronald: ron ronnie
rosemary: rose rosie
roxanne: roxy
rudolph: rudy
russell: russ
ruth: ruthie
samantha: sam sammy
samuel: sam sammy
sandra: sandy
sarah: sally sadie
sebastian: seb bas
sharon: shari
solomon: sol
sophia: sophie
stanley: stan
stephanie: steph steffi
stephen: steve stevie
steven: steve stevie
stuart: stu
susan: sue susie suzy
suzanne: sue susie suzy
sylvester: sly
terence: terry
teresa: terry tess tessa
theresa: terry tess tessa
theodore: ted teddy theo
thomas: tom tommy
timothy: tim timmy
tobias: toby
valerie: val
vanessa: nessa
veronica: ronnie roni
victor: vic
victoria: vicky tori vic
vincent: vince vinny
virginia: ginny ginger
walter: walt wally
wesley: wes
wilfred: will wilf fred
william: bill will billy willie liam
winifred: winnie freda
zachary: zach zack zac
"""

_FULL_OF: dict[str, frozenset[str]] = {}
for _line in SHORT_FORMS.split("\n"):
    _full, _, _shorts = _line.partition(":")
    for _short in (_full, *_shorts.split()) if _full else ():
        _FULL_OF[_short] = _FULL_OF.get(_short, frozenset()) | {_full}


def full_names(given: str) -> frozenset[str]:
    """
    Return the full names that a given name, folded, can stand for, itself among them.

    Two given names may be one person's when their full names meet: Bob and Rob do, Bob and Bill do not.
    """
    return _FULL_OF.get(given, frozenset()) | {given}
