"""Every command, once: its name, its help, its parameters, and the function that carries it out.

Plain classes rather than dataclasses, whose import alone takes longer than this whole module.
"""

from __future__ import annotations


class Parameter:
    """An argument, an option with a value, or a flag.

    `name` is the keyword that the command's function gets; `flags` are its spellings, empty for an argument.
    `metavar` stands for the value in the help and is empty for a flag. With `many` it may be repeated and its value
    is a list.
    """

    __slots__ = ("flags", "help", "many", "metavar", "name", "required")

    def __init__(
        self,
        name: str,
        *flags: str,
        help: str,
        metavar: str = "",
        many: bool = False,
        required: bool = False,
    ) -> None:
        self.name = name
        self.flags = flags
        self.help = help
        self.metavar = metavar
        self.many = many
        self.required = required

    @property
    def is_argument(self) -> bool:
        return not self.flags

    @property
    def is_flag(self) -> bool:
        return bool(self.flags) and not self.metavar

    @property
    def default(self) -> object:
        """The value where the command line gives none: [] for many, False for a flag, else None."""
        if self.many:
            return []
        return False if self.is_flag else None

    @property
    def usage(self) -> str:
        """How an argument looks in a usage line."""
        text = self.metavar + ("…" if self.many else "")
        return text if self.required else f"[{text}]"


class Command:
    """`words` is what is typed (`proto add`); `handler` is `module:function`, imported when the command is called.

    The function takes the parameters by keyword and a `Console`, and returns the exit code.
    """

    __slots__ = ("handler", "help", "parameters", "words")

    def __init__(self, words: str, handler: str, help: str, *parameters: Parameter) -> None:
        self.words = words
        self.handler = handler
        self.help = help
        self.parameters = (*parameters, *COMMON)

    @property
    def arguments(self) -> tuple[Parameter, ...]:
        return tuple(parameter for parameter in self.parameters if parameter.is_argument)

    @property
    def usage(self) -> str:
        """The command with its arguments: `proto client [PATH…]`."""
        return " ".join([self.words, *(argument.usage for argument in self.arguments)])


DIRECTORY = Parameter("directory", "-C", metavar="DIR", help="Run as if started in DIR.")
QUIET = Parameter("quiet", "-q", "--quiet", help="Print nothing but errors and what was asked for.")
VERBOSE = Parameter(
    "verbose",
    "-v",
    "--verbose",
    help="Print more: files that stay as they are, and where a fault of scaffold's is.",
)
COMMON = (DIRECTORY, QUIET, VERBOSE)

DRY_RUN = Parameter("dry_run", "-n", "--dry-run", help="Show what would change, and change nothing.")
PRUNE = Parameter(
    "prune",
    "--prune",
    help="Also remove what the contract no longer has and you edited; your version is kept aside.",
)
RENAME = Parameter(
    "rename",
    "--rename",
    metavar="OLD=NEW",
    many=True,
    help="What was renamed in the contract, by full name: order.v1.OrderService.GetOrder=FetchOrder.",
)
RESTORE = Parameter(
    "restore",
    "--restore",
    metavar="PATH",
    many=True,
    help="Bring back what you deleted in a file, or one definition as generated: PATH::CLASS.METHOD.",
)
CONFLICT = Parameter(
    "conflict",
    "--conflict",
    metavar="HOW",
    help="keep (your version stands, the other is shown in .scaffold/conflicts) or markers (both in the file).",
)
JSON = Parameter("json", "--json", help="Print the result as JSON.")
CONTRACTS = Parameter(
    "paths",
    metavar="PATH",
    many=True,
    help="Contracts to add to scaffold.yaml first: files, folders, or names as an import has them.",
)
HANDLERS = Parameter(
    "handlers",
    "-t",
    "--target",
    metavar="DIR",
    help="The folder of the handlers, relative to the project; kept in scaffold.yaml.",
)

MERGE = (PRUNE, RENAME, RESTORE, CONFLICT)

COMMANDS = (
    Command(
        "new",
        "scaffolder.cli.commands.new:new",
        "Make a complete project that runs, from contracts or from a sample.",
        Parameter("name", metavar="NAME", help="The project, and its folder: order-service."),
        Parameter(
            "protos",
            "--proto",
            metavar="FILE",
            many=True,
            help="A contract, or a folder of them; copied under api/ with what it imports.",
        ),
        Parameter(
            "include", "-I", metavar="DIR", many=True, help="Where the imports of the contracts are searched."
        ),
        Parameter(
            "features",
            "--with",
            metavar="FEATURE,…",
            many=True,
            help="Optional parts, of docker, kubernetes, ci (these if left out), database, postgres, redis; or none.",
        ),
        Parameter(
            "output",
            "-o",
            "--output",
            metavar="DIR",
            help="The folder to make the project in; here if left out.",
        ),
        Parameter(
            "template",
            "--template",
            metavar="SRC",
            help="Use a cookiecutter template: a folder, a git URL, a zip.",
        ),
        Parameter("checkout", "--checkout", metavar="REF", help="The branch, tag or commit of the template."),
        Parameter(
            "extra",
            "--extra",
            metavar="KEY=VALUE",
            many=True,
            help="An answer to a question of the template.",
        ),
        Parameter("replay", "--replay", help="Answer the template's questions as the last time."),
        Parameter("no_input", "--no-input", help="Ask nothing; take the defaults."),
        DRY_RUN,
        JSON,
    ),
    Command(
        "proto add",
        "scaffolder.cli.commands.proto:add",
        "Write a contract with the standard methods of a resource and their HTTP bindings.",
        Parameter("path", metavar="PATH", required=True, help="The new file: api/order/v1/order.proto."),
        DRY_RUN,
        JSON,
    ),
    Command(
        "proto client",
        "scaffolder.cli.commands.proto:client",
        "Generate messages, typed stubs and typed clients.",
        CONTRACTS,
        *MERGE,
        DRY_RUN,
        JSON,
    ),
    Command(
        "proto server",
        "scaffolder.cli.commands.proto:server",
        "Generate the above, and handlers, business logic, data access, wiring, tests.",
        CONTRACTS,
        HANDLERS,
        *MERGE,
        DRY_RUN,
        JSON,
    ),
    Command(
        "generate",
        "scaffolder.cli.commands.generate:generate",
        "Bring the project up to date with every contract in scaffold.yaml.",
        *MERGE,
        DRY_RUN,
        JSON,
    ),
    Command(
        "upgrade",
        "scaffolder.cli.commands.generate:upgrade",
        "Merge the templates of this version of the tool into the project.",
        *MERGE,
        DRY_RUN,
        JSON,
    ),
    Command(
        "diff",
        "scaffolder.cli.commands.generate:diff",
        "Show what `generate` would change, as a unified diff; exit 1 if anything.",
        *MERGE,
        JSON,
    ),
    Command(
        "check",
        "scaffolder.cli.commands.generate:check",
        "Exit 1 if `generate` would change anything, and name it.",
        JSON,
    ),
    Command(
        "lint",
        "scaffolder.cli.commands.care:lint",
        "Check the contracts against the rules of good style, those of buf; exit 1 if one is broken.",
        Parameter(
            "paths",
            metavar="PATH",
            many=True,
            help="Contracts to check: files, folders, or names as an import has them; all if left out.",
        ),
        JSON,
    ),
    Command(
        "breaking",
        "scaffolder.cli.commands.care:breaking",
        "Exit 1 if a change of the contracts breaks those who use them, and say how not to.",
        Parameter(
            "against",
            "--against",
            metavar="REF",
            help="A branch, tag or commit to compare with, a folder, or an image of buf; the last commit if left out.",
        ),
        Parameter(
            "level",
            "--level",
            metavar="LEVEL",
            help="What must not break: file (generated code; the default), package (files may move), wire-json, wire.",
        ),
        JSON,
    ),
    Command(
        "run",
        "scaffolder.cli.commands.run:run",
        "Run the service of this project.",
        Parameter("reload", "--reload", help="Restart it whenever its sources or its configuration change."),
    ),
    Command(
        "routes",
        "scaffolder.cli.commands.routes:routes",
        "List every RPC with its binding and handler; -v says what each is.",
        JSON,
    ),
)

GROUPS = {"proto": "Write and compile contracts."}
BY_WORDS = {command.words: command for command in COMMANDS}
