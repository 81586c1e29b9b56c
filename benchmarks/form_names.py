"""Common surnames and first names, to be written on forms. Every second one serves for fitting."""

from __future__ import annotations

SURNAMES = """
Adams Baker Bailey Barnes Bell Bennett Bernard Bertrand Blanc Bonnet Boyer Brooks Brown Butler
Campbell Carter Chevalier Clark Clement Collins Cook Cooper Cox Cruz Davies Davis Denis Diaz Dubois
Dumont Dupont Durand Edwards Evans Fabre Fisher Fontaine Foster Fournier Garcia Garnier Gauthier
Gerard Girard Gomez Gonzalez Gray Green Guerin Hall Harris Henry Hill Howard Hughes Jackson James
Johnson Jones Kelly King Lambert Laurent Lee Lefebvre Legrand Leroy Lewis Lopez Marchand Martin
Martinez Mason Mercier Meyer Michel Miller Mitchell Moore Moreau Morel Morgan Morris Murphy Myers
Nelson Nguyen Nicolas Noel Okonkwo Ortiz Parker Perez Perrin Petit Phillips Powell Price Quinn
Ramirez Reed Renard Reyes Richard Rivera Robert Roberts Robinson Rodriguez Rogers Ross Rousseau
Roux Russell Sanchez Sanders Schmidt Scott Simon Smith Stewart Sullivan Taylor Thomas Thompson
Torres Turner Vidal Vincent Walker Ward Watson White Williams Wilson Wood Wright Young Zimmermann
"""
FIRST_NAMES = """
Abigail Adele Alexander Alice Amelia Andre Anna Anthony Antoine Arthur Barbara Benjamin Bernard
Brian Camille Carol Catherine Charles Charlotte Chloe Christine Claire Claude Daniel David Deborah
Denise Diana Dominique Donald Dorothy Edward Elise Elizabeth Emily Emma Eric Ethan Eva Felix
Florence Frances Francois George Grace Gregory Hannah Harold Helen Henri Hugo Irene Isabelle Jack
Jacqueline James Jane Jean Jennifer Jessica John Joseph Julia Julien Karen Katherine Kenneth Kevin
Laura Leo Linda Lisa Louis Louise Lucas Lucy Manon Marc Margaret Maria Marie Mark Martha Mary
Mathieu Matthew Maxime Michael Monique Nancy Nathalie Nicholas Nicole Noah Oliver Olivia Oscar
Pascal Patricia Patrick Paul Pauline Peter Philip Pierre Quentin Rachel Raymond Rebecca Richard
Robert Roger Ruth Samuel Sandra Sarah Sharon Simone Sophie Stephen Susan Suzanne Teresa Theo Thomas
Timothy Ursula Valerie Victor Victoria Vincent Virginia Walter William Xavier Yves Yvonne Zoe
"""
