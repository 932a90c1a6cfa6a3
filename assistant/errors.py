"""What can go wrong while answering.

AssistantError
├── WrongSettings   a setting is unknown or has a value that cannot be used
├── ModelStopped    the process of the language model ended while it was used
│   └── EngineFailure   the server of the language model does not answer as it should
├── BrokenPrompt    a prompt file is missing or does not declare what it uses
├── WrongQuestions  a line of a question file cannot be understood
├── WrongResults    a line of a result file is not what eval writes
├── WrongBundle     an archive of a run is none, or of another version
├── Ungrounded      no indexed text in force states a constant that a calculation needs
├── WrongFigures    what a calculation was given cannot be true
├── WrongPlan       a plan asks of the ledger what it does not have
├── TotalsDisagree  a total added again from its rows is another
├── WrongAnchors    a file of anchors of the journal cannot be understood
├── ProviderFailure the identity provider does not answer, or what it says is not proven
│   └── LoginDeclined   someone turned back there, or is not let in
├── WrongAccount    what is asked of an account cannot be done
├── WrongArguments  what a program gives to a tool is not what the tool takes
├── UnheardVoice    what was sent to be heard is no sound that can be
├── GateRefused     an index may not be published without force and a reason
├── WrongBackup     a backup is altered, or may not be restored where it is asked to
├── WorkerFailure   a process that was to answer with others ended before it could
├── WrongMigration  what is to be moved does not go with what is there already
├── WrongDecision   a disagreement of two readers may not be decided so, or not by this one
├── StillReading    past answers are being read, and will be there in a moment
└── UnknownRecord   the journal has no record of this identifier

Messages are in French: they are shown to the user as they are. No evidence, a refused sentence or
a stopped turn are not errors but outcomes.
"""


class AssistantError(Exception):
    """Base of every failure of this package; the message is a French sentence with the remedy."""


class WrongSettings(AssistantError):
    """A setting is unknown, or its value cannot be used."""


class UnheardVoice(AssistantError):
    """What was sent to be heard is no sound that this machine can hear."""


class ModelStopped(AssistantError):
    """The process of the language model ended in the middle of a reply; another one will start."""


class EngineFailure(ModelStopped):
    """The server of the language model cannot be reached, is too slow, or answers wrongly."""


class BrokenPrompt(AssistantError):
    """A prompt file is missing, or its placeholders are not those it declares or those expected."""


class WrongQuestions(AssistantError):
    """A line of a question file is not what the contract describes."""


class WrongResults(AssistantError):
    """A line of a result file is not what the contract describes."""


class WrongBundle(AssistantError):
    """An archive of a run cannot be read, or is of another version."""


class Ungrounded(AssistantError):
    """No indexed text in force that day states a constant of the law."""


class WrongFigures(AssistantError):
    """A figure or a date given to a calculation is impossible, or one that it needs is missing."""


class WrongPlan(AssistantError):
    """A plan names a field, an operator or a grouping that the ledger does not have."""


class TotalsDisagree(AssistantError):
    """A total of the database is not that of its rows, added again."""


class WrongAnchors(AssistantError):
    """A file of anchors of the journal is missing, or a line of it is not one."""


class ProviderFailure(AssistantError):
    """An identity provider does not answer, or what it says is not proven."""


class LoginDeclined(ProviderFailure):
    """Someone turned back at the identity provider, or may not come in by it: nothing failed."""


class WrongAccount(AssistantError):
    """There is no such account, or what is asked of it cannot be done."""


class WrongArguments(AssistantError):
    """What a program gives to a tool is unknown to it, missing, or not of the right kind."""


class WorkerFailure(AssistantError):
    """A process that was to answer with others ended before it could."""


class WrongMigration(AssistantError):
    """What is to be moved does not go with what is there already."""


class WrongDecision(AssistantError):
    """A disagreement of two readers may not be decided so, or not by who tries."""


class GateRefused(AssistantError):
    """An index does not pass the gate, and nobody takes it upon themselves with a reason."""


class WrongBackup(AssistantError):
    """A backup is altered, incomplete, or asked to be restored over other data."""


class StillReading(AssistantError):
    """Past answers are being read: what is asked can be asked again in a moment."""


class UnknownRecord(AssistantError, LookupError):
    """The journal has no record of this identifier."""
