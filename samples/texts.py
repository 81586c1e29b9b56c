"""The words of the sample pages, written for this project."""

from __future__ import annotations

LETTER_EN = """\
14 March 2024
Dear Margaret,
thank you so much for the parcel. The jam arrived
in one piece, and half of it is already gone. Tom
says it is better than the one we had in Cornwall,
which, as you know, is high praise from him!
The garden is slowly waking up. We planted 36
tulips along the wall and the first five are out.
The old pear tree will not see another summer, I
fear; the storm on Friday took its biggest branch.
Could you ask Henry whether he still has that long
saw? We would only need it for a day or two.
Jane starts at her new school in September. She
is nervous, though she would never admit it.
Did I tell you about the concert? We had seats
in the second row and I could see every finger
of the pianist. At the end she played something
so quiet that nobody dared to cough. I shall
remember it for a long time.
Tom fell asleep, of course, but he denies it.
Please come and stay with us at Easter. The train
leaves at 9:42 and you would be here for lunch.
With all our love,
Elizabeth
P.S. Your scarf was behind the sofa after all."""

LETTER_FR = """\
Genève, le 8 février 2023
Chère Françoise,
J'ai bien reçu ta lettre du 29 janvier et je suis
très heureuse d'apprendre que l'opération s'est
bien passée. Où en es-tu de ta rééducation ?
Ici, l'hiver a été rude : la neige n'a pas cessé
de tomber pendant près de trois semaines et le
chauffage est tombé en panne à Noël, bien sûr.
Mon frère est venu nous dépanner aussitôt.
Les enfants grandissent. Benoît apprend à lire,
Zoé joue du violoncelle, ce qui réjouit peut-être
un peu moins le voisin du dessous...
Nous pensons passer chez vous vers la mi-août,
si cela vous convient. Dis-moi s'il faut apporter
quelque chose, un gâteau ou du fromage ?
Je t'embrasse bien fort,
Hélène"""

NOTES = """\
Biology - lecture 7, Tues. 15 Oct
The cell membrane
- two layers of lipids, about 7 nm thick
- proteins float in it ("fluid mosaic", 1972)
- lets water and small molecules through,
not ions or sugars: these need a channel
Osmosis = water moves to where there is
more salt. Red blood cells burst in pure
water, plant cells do not: cell wall
Active transport costs energy (ATP)
e.g. pump: 3 Na out, 2 K in each turn
uses a third of what a cell burns
Ask: why does it not run backwards?
Read chapter 4, pages 112 - 131
Hand in exercise 5 by Monday 21 Oct
Group: Priya, Jonas, Wei, me"""

PHOTO = """\
Things to fix in the flat
1. kitchen tap drips since May
2. window in the hall does not close
3. radiator no. 2 stays cold
4. mould behind the bathroom door
5. doorbell rings by itself at night
6. lamp on the stairs flickers
Called Mr Novak on 3 June and again
on the 11th. He promised to come
"early next week". Nobody came.
Keep all the receipts!
Tap 18.90, bulbs 7.45, paint 32.00
Phone: 0171 555 0148"""

BOARD = """\
Welcome to class 4b
Today: fractions
one half + one third = ?
find a common bottom: 6
3/6 + 2/6 = 5/6
Homework: page 48, no. 3 to 9
Test on Thursday!"""

RECIPE_FR = """\
Tarte aux pommes de mamie
Pour la pâte : 250 g de farine, 125 g de
beurre, une pincée de sel, un peu d'eau
6 pommes (reinettes), 80 g de sucre
2 œufs, 20 cl de crème fraîche
Préchauffer le four à 180 degrés.
Étaler la pâte, piquer avec une fourchette.
Éplucher les pommes, couper en lamelles,
les disposer en rosace. Mélanger les œufs,
le sucre et la crème, verser dessus.
Cuire 35 à 40 minutes ; servir tiède.
Ne pas oublier la cannelle !"""

LEFT_COLUMN = """\
To pack
passports
tickets
phone charger
blue raincoat
sun cream
3 T-shirts
2 jumpers
wool socks
swimsuit
toothbrush
first aid kit"""

RIGHT_COLUMN = """\
To do before
water the plants
keys to Mrs Bell
empty the fridge
pay the rent
stop the paper
book the taxi
feed the cat
charge camera
turn off gas
lock the shed
call Grandma"""

AMOUNTS = """\
02.01.24|1001|Balance|1 284.50
03.01.24|1002|Stamps|-12.75
05.01.24|1003|Rent|-640.00
09.01.24|1004|Sale|219.90
11.01.24|1005|Paper|-38.16
12.01.24|1006|Sale|1 057.20
17.01.24|1007|Power|-93.47
18.01.24|1008|Repair|-265.00
22.01.24|1009|Sale|78.35
23.01.24|1010|Phone|-29.99
25.01.24|1011|Sale|406.80
29.01.24|1012|Refund|-54.00
30.01.24|1013|Bank|-6.50
31.01.24|1014|Total|1 906.88"""

LINE = "The train leaves at 9:42 on Friday morning."
