"""What handlers are given: parts of the running product, and who calls."""

from typing import TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from app.health import HealthCheck
from app.pushing.agreements import Agreements
from app.pushing.phones import Phones
from app.pushing.plans import Plans
from app.pushing.push import Push
from app.realtime.connections import Connections
from app.security.accounts import Accounts
from app.security.tokens import Access
from app.settings import Settings
from app.sites.sign_in import SignIn
from app.sites.sites import Sites
from push.lanes import Lanes
from push.ledger import Ledger
from push.outbox import Outbox
from sessions.erasure.erasures import Erasures
from sessions.erasure.export import Export
from sessions.memory.facts import Facts
from sessions.memory.retelling import Retelling
from sessions.memory.shown import ShownMemory
from sessions.merging.merges import Merges
from sessions.personas.catalogue import Catalogue
from sessions.profiles.profiles import Profiles
from sessions.service import Sessions
from sessions.stores.limits import Limits

__all__ = [
    "AccountsPart",
    "AgreementsPart",
    "Caller",
    "CallerAccess",
    "CataloguePart",
    "ConnectionsPart",
    "ErasuresPart",
    "ExportPart",
    "FactsPart",
    "HealthPart",
    "LanesPart",
    "LedgerPart",
    "LimitsPart",
    "MergesPart",
    "OutboxPart",
    "PhonesPart",
    "PlansPart",
    "ProfilesPart",
    "PushPart",
    "RetellingPart",
    "SessionsPart",
    "SettingsPart",
    "ShownMemoryPart",
    "SignInPart",
    "SitesPart",
]

Caller: TypeAlias = NamedDependency[str]
CallerAccess: TypeAlias = NamedDependency[Access]
AgreementsPart: TypeAlias = NamedDependency[Agreements]
AccountsPart: TypeAlias = NamedDependency[Accounts]
CataloguePart: TypeAlias = NamedDependency[Catalogue]
ConnectionsPart: TypeAlias = NamedDependency[Connections]
FactsPart: TypeAlias = NamedDependency[Facts]
ErasuresPart: TypeAlias = NamedDependency[Erasures]
ExportPart: TypeAlias = NamedDependency[Export]
HealthPart: TypeAlias = NamedDependency[HealthCheck]
RetellingPart: TypeAlias = NamedDependency[Retelling]
ProfilesPart: TypeAlias = NamedDependency[Profiles]
PhonesPart: TypeAlias = NamedDependency[Phones]
PlansPart: TypeAlias = NamedDependency[Plans]
PushPart: TypeAlias = NamedDependency[Push]
LanesPart: TypeAlias = NamedDependency[Lanes]
LedgerPart: TypeAlias = NamedDependency[Ledger]
OutboxPart: TypeAlias = NamedDependency[Outbox]
SettingsPart: TypeAlias = NamedDependency[Settings]
MergesPart: TypeAlias = NamedDependency[Merges]
LimitsPart: TypeAlias = NamedDependency[SkipValidation[Limits]]
SessionsPart: TypeAlias = NamedDependency[Sessions]
ShownMemoryPart: TypeAlias = NamedDependency[ShownMemory]
SignInPart: TypeAlias = NamedDependency[SignIn]
SitesPart: TypeAlias = NamedDependency[Sites]
