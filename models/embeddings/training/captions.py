"""Made-up sentences of the kinds that catalogues lack: what a picture shows, headlines, questions."""

import random

WHO = "man woman boy girl child baby person dog cat horse bird cow sheep monkey elephant panda mechanic farmer driver player singer soldier dancer chef dealer customer nurse teacher worker couple crowd team".split()
LOOKS = "young old tall small large black white brown grey red happy tired wet sleeping smiling bearded blond two three several many".split()
WEARS = "a red shirt,a blue jacket,a hat,sunglasses,a helmet,a white dress,an orange vest,gloves,a uniform,a wool coat".split(",")
DOES = "rides,drives,repairs,carries,pushes,pulls,cuts,slices,peels,cooks,eats,throws,catches,kicks,plays,paints,washes,opens,closes,reads,writes,holds,watches,chases,feeds,builds,breaks,lifts,climbs,jumps over,stands near,sits on,looks at,runs past,sleeps beside".split(",")
DOING = "riding,driving,repairing,carrying,pushing,pulling,cutting,slicing,peeling,cooking,eating,throwing,catching,kicking,playing,painting,washing,opening,closing,reading,writing,holding,watching,chasing,feeding,building,breaking,lifting,climbing,jumping over,standing near,sitting on,looking at,running past,sleeping beside".split(",")
WHAT = "a bicycle,a motorcycle,a car,a truck,a tractor,a bus,a train,a boat,a ball,a guitar,a piano,a flute,the drums,a potato,an onion,a carrot,some bread,a cake,a fish,a sandwich,a book,a letter,a door,a window,a fence,a wall,a tree,a ladder,a box,a rope,a stick,a bench,a table,a chair,a sofa,a television,a phone,a computer,the engine,a wheel,a tyre,a paper plane,a horse,a dog,a cat".split(",")
WHERE = "in the park,on the beach,in the snow,on a field,in the kitchen,on the street,at night,near the river,in the water,on the grass,in front of a house,at the station,in a workshop,on a stage,in the mountains,on a roof,in the rain,at the market,by the lake,in the desert".split(",")
PLACES = "China,India,Russia,Syria,Iran,Israel,Egypt,Ukraine,Pakistan,Japan,Germany,France,Spain,Brazil,Mexico,Kenya,Nigeria,London,Paris,Chicago,Texas,California,Baghdad,Kabul,Tokyo,Beijing,Seoul,Sydney,Rome,Athens".split(",")
ACTORS = "police,government,president,prime minister,court,parliament,rebels,troops,protesters,union,bank,central bank,company,airline,car maker,oil company,opposition,minister,judge,mayor,scientists,doctors,students,farmers,workers,investors".split(",")
ACTS = "arrest {n} people,kill {n} people,reject the plan,back the plan,agree on a deal,call for talks,win the election,lose the vote,cut {n} jobs,raise prices,report higher profit,report a loss of {n} million dollars,close the border,sign a trade agreement,strike over pay,warn of floods,deny the report,step down,launch a satellite,recall {n} cars,sue the company,approve the merger,delay the launch,investigate the crash,find {n} bodies,release {n} prisoners,meet for peace talks,sell shares".split(",")
EVENTS = "earthquake,bomb blast,plane crash,train crash,storm,flood,fire,shooting,explosion,landslide,protest,attack,gas leak,ferry accident".split(",")
RESULTS = "kills {n},kills at least {n} in {p},injures {n},leaves {n} homeless,hits {p},strikes near {p},forces {n} to leave,damages hundreds of houses,closes the airport in {p}".split(",")
MARKET = "shares,stocks,the index,the dollar,the euro,oil,gold,profit,revenue,sales,unemployment,inflation,exports".split(",")
MOVES = "rose {n} percent to {m},fell {n} percent to {m},gained {n} points,lost {n} points,was flat at {m},climbed to {m} in the second quarter,dropped from {m} a year earlier,closed higher on friday,closed lower on monday".split(",")
ASKS = "how do I {v} {o}?,what is the best way to {v} {o}?,should I {v} {o} before I {w} it?,can I {v} {o} without a permit?,why does {o} stop when I {v} it?,you should {v} {o} first.,I would not {v} {o} if I were you.,it depends on why you want to {v} {o}.,there is no need to {v} {o}.,yes you can {v} {o}.".split(",")
VERBS = "clean,repair,replace,sell,buy,install,remove,paint,cook,store,adjust,check,ship,return,translate,write,grow,cut,fit,charge,test,measure".split(",")
THINGS = "my car,the engine,a brake pad,the battery,a laptop,the kitchen sink,a plant,my essay,a used phone,the carpet,a bike chain,an old window,the oil filter,a wooden floor,the fence,a steak,the printer,a hard disk,the tyres,my visa,a recipe,the answer,the paper".split(",")


def picture() -> str:
    looks = f"{random.choice(LOOKS)} " if random.random() < 0.4 else ""
    article = "" if looks.strip() in ("two", "three", "several", "many") else random.choice(("a ", "the ", "A "))
    who = f"{article}{looks}{random.choice(WHO)}"
    if random.random() < 0.2:
        who += f" wearing {random.choice(WEARS)}"
    place = random.random()
    verb = random.randrange(len(DOES))
    does = f"is {DOING[verb]}" if place < 0.6 else (DOES[verb] if place < 0.8 else DOING[verb])
    tail = f" {random.choice(WHERE)}" if random.random() < 0.45 else ""
    negated = " not" if random.random() < 0.04 else ""
    return f"{who} {does.replace('is ', f'is{negated} ', 1)} {random.choice(WHAT)}{tail}."


def headline() -> str:
    number, price = str(random.choice((2, 3, 5, 7, 10, 12, 20, 35, 50, 100, 200))), f"{random.uniform(1, 900):.2f}"
    kind = random.random()
    if kind < 0.4:
        text = f"{random.choice(PLACES)} {random.choice(ACTORS)} {random.choice(ACTS)}"
    elif kind < 0.7:
        text = f"{random.choice(EVENTS)} in {random.choice(PLACES)} {random.choice(RESULTS)}"
    else:
        text = f"{random.choice(MARKET)} {random.choice(MOVES)}"
    return text.format(n=number, m=price, p=random.choice(PLACES))


def question() -> str:
    return random.choice(ASKS).format(v=random.choice(VERBS), o=random.choice(THINGS), w=random.choice(VERBS))


def sentences(count: int):
    """`count` pictures, half as many headlines, and a quarter as many questions."""
    yield from (picture() for _ in range(count))
    yield from (headline() for _ in range(count // 2))
    yield from (question() for _ in range(count // 4))
