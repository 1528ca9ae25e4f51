"""Names, streets and providers of mailboxes of the invented people, in several languages."""

from __future__ import annotations

_GIVEN = (
    "Anneliese Torben Frauke Detlef Swantje Ingo Leonie Malte Aylin Emre Zeynep Kerem Agnieszka Wojciech Zofia Kacper "
    "Camille Baptiste Manon Thibault Giulia Lorenzo Chiara Matteo Ines Goncalo Beatriz Duarte Siobhan Cormac Aoife "
    "Eamon Wiebke Arne Hauke Gesine Rüdiger Silke Lutz Birgit Onur Defne Piotr Jolanta Etienne Solene Alessio Noemi "
    "Astrid Sigurd Freja Halvor Katalin Zoltan Eszter Balazs Nadia Karim Leila Yusuf Mei Hiroshi Yuki Kenji"
)
_FAMILY = (
    "Brinkmann Ostermann Thiele Lohse Petersen Yildiz Demirtas Kaya Nowicki Zielinska Wrona Lefebvre Moreau Girard "
    "Ricci Colombo Ferrara Tavares Pinheiro Machado Gallagher Keane Doyle Lindqvist Haugen Solberg Szabo Farkas Balogh "
    "Haddad Mansour Tanaka Fujimoto Okafor Adeyemi Kruse Behrends Vogt Harms Ritter"
)
GIVEN, FAMILY = _GIVEN.split(), _FAMILY.split()
STREETS = (
    "Lindenallee",
    "Bergstrasse",
    "Am Hafen",
    "Gartenweg",
    "Mühlenstrasse",
    "Kirchplatz",
    "Waldring",
    "Schulgasse",
)
TWINS = (("Hanna", "Anna"), ("Marie", "Maria"), ("Paul", "Paula"), ("Nils", "Niels"), ("Jana", "Jan"), ("Lena", "Lea"))
PROVIDERS = ("gmx.de", "web.de", "gmail.com", "t-online.de", "posteo.de", "outlook.com")
