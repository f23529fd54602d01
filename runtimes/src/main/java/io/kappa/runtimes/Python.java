package io.kappa.runtimes;

import io.kappa.contracts.function.RuntimeFamily;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Python 3.
 *
 * @param clients the unpacked clients
 */
record Python(Path clients) implements Language {

    /** The client's files, as paths below the package's resources. */
    static final List<String> CLIENT = Stream.of(
                    "bootstrap.py",
                    "kappa_runtime/__init__.py",
                    "kappa_runtime/api.py",
                    "kappa_runtime/context.py",
                    "kappa_runtime/logs.py",
                    "kappa_runtime/loop.py",
                    "kappa_runtime/quick_json.py",
                    "kappa_runtime/snapshots.py",
                    "offered/snapshot_restore_py/__init__.py")
            .map("python/"::concat)
            .toList();

    /**
     * Says what the interpreter is, then imports the client once: that leaves its bytecode beside it, without which
     * every cold start would compile it again.
     */
    private static final String QUESTION = """
            import site, sys
            print(sys.executable)
            print("%d.%d.%d" % sys.version_info[:3])
            print(":".join(dict.fromkeys([sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix])))
            print(":".join(site.getsitepackages()), flush=True)
            if sys.version_info >= (3, 9):
                sys.path.insert(0, sys.argv[1])
                from kappa_runtime import loop, snapshots
            """;

    private static final String SITE = "site";

    private static final InterpreterVersion OLDEST_RESTORED = new InterpreterVersion(3, 12, 0);

    @Override
    public RuntimeFamily family() {
        return RuntimeFamily.PYTHON;
    }

    @Override
    public String label() {
        return "python";
    }

    @Override
    public InterpreterVersion oldest() {
        return new InterpreterVersion(3, 9, 0);
    }

    @Override
    public Places places() {
        return new Places(
                "python3",
                List.of("python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python3.9"),
                List.of(
                        "~/.pyenv/versions/*/bin",
                        "~/.asdf/installs/python/*/bin",
                        "~/.local/share/mise/installs/python/*/bin",
                        "~/.local/share/uv/python/*/bin",
                        "/opt/python/*/bin"));
    }

    @Override
    public Optional<Interpreter> examine(Path candidate) throws IOException {
        var client = clients.resolve("python").toString();
        var answer = Question.ask(candidate, "-I", "-c", QUESTION, client);
        if (answer.size() < 4) {
            return Optional.empty();
        }
        var executable = Path.of(answer.get(0));
        var sitePackages = answer.get(3);
        var needed = Stream.concat(
                        Stream.of(executable.toRealPath().resolve("../..")), // The prefix, unless it says another.
                        Arrays.stream((answer.get(2) + ":" + sitePackages).split(":"))
                                .map(Path::of))
                .toList();
        return InterpreterVersion.in(answer.get(1))
                .map(version ->
                        new Interpreter(executable, version, SystemPaths.outside(needed), Map.of(SITE, sitePackages)));
    }

    /**
     * The site module stays out ({@code -S}): with what developers' machines have installed it takes longer than the
     * interpreter and the client together. The client adds the directories of installed packages itself.
     */
    @Override
    public InstalledRuntime.Start start(Interpreter interpreter, Roots at, int memoryMegabytes) {
        var variables = new HashMap<>(at.variables());
        variables.put("PYTHONPATH", at.runtime() + "/python");
        return new InstalledRuntime.Start(
                List.of(
                        interpreter.executable().toString(),
                        "-S",
                        "-X",
                        "kappa-site=" + interpreter.detail(SITE),
                        at.runtime() + "/python/bootstrap.py"),
                variables);
    }

    @Override
    public boolean parks(Interpreter interpreter) {
        return true;
    }

    @Override
    public boolean restores(Interpreter interpreter) {
        return interpreter.version().compareTo(OLDEST_RESTORED) >= 0;
    }

    @Override
    public boolean actsAtStart(String variable) {
        return variable.startsWith("PYTHON");
    }
}
