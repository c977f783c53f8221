"""What intake does, one function for each command, query and event it hears.

| asked or heard | use case |
| --- | --- |
| register_petition, record_visit | registering |
| name_representatives | representatives |
| split_petition | splitting |
| evaluate_handling | evaluating |
| get_petition, find_petitions, reveal_identity | reading |
| find_similar | similar |
| track | tracking |
| directory_changed | directory |
| petition_sorted and all news of progress | news |
"""

from services.intake.usecases.directory import on_directory_changed
from services.intake.usecases.evaluating import evaluate_handling
from services.intake.usecases.news import on_news, on_petition_sorted
from services.intake.usecases.reading import find_petitions, get_petition, reveal_identity
from services.intake.usecases.registering import record_visit, register_petition
from services.intake.usecases.representatives import name_representatives
from services.intake.usecases.similar import find_similar
from services.intake.usecases.splitting import split_petition
from services.intake.usecases.tracking import track

__all__ = [
    "evaluate_handling",
    "find_petitions",
    "find_similar",
    "get_petition",
    "name_representatives",
    "on_directory_changed",
    "on_news",
    "on_petition_sorted",
    "record_visit",
    "register_petition",
    "reveal_identity",
    "split_petition",
    "track",
]
