package io.kappa.runtimes;

import io.kappa.contracts.function.RuntimeFamily;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Node.js. */
record NodeJs() implements Language {

    /** The client's files, as paths below the package's resources. */
    static final List<String> CLIENT = Stream.of(
                    "bootstrap.cjs",
                    "api.cjs",
                    "errors.cjs",
                    "handler.cjs",
                    "invocation.cjs",
                    "logs.cjs",
                    "rehearsal.js",
                    "stream.cjs")
            .map("nodejs/"::concat)
            .toList();

    @Override
    public RuntimeFamily family() {
        return RuntimeFamily.NODEJS;
    }

    @Override
    public String label() {
        return "nodejs";
    }

    @Override
    public InterpreterVersion oldest() {
        return new InterpreterVersion(18, 0, 0);
    }

    @Override
    public Places places() {
        return new Places(
                "node",
                List.of("nodejs"),
                List.of(
                        "~/.nvm/versions/node/*/bin",
                        "~/.asdf/installs/nodejs/*/bin",
                        "~/.local/share/mise/installs/node/*/bin",
                        "~/.local/share/fnm/node-versions/*/installation/bin",
                        "/opt/node*/bin"));
    }

    @Override
    public Optional<Interpreter> examine(Path candidate) throws IOException {
        var answer = Question.ask(candidate, "-p", "process.execPath + '\\n' + process.versions.node");
        if (answer.size() < 2) {
            return Optional.empty();
        }
        var executable = Path.of(answer.get(0));
        var prefix = executable.toRealPath().resolve("../..");
        return InterpreterVersion.in(answer.get(1))
                .map(version -> new Interpreter(executable, version, SystemPaths.outside(List.of(prefix)), Map.of()));
    }

    /** The heap may take nine tenths of the memory, as on Lambda; the rest is for what V8 keeps outside of it. */
    @Override
    public InstalledRuntime.Start start(Interpreter interpreter, Roots at, int memoryMegabytes) {
        var variables = new HashMap<>(at.variables());
        var layers = at.layers() + "/nodejs";
        var modules = Stream.concat(
                IntStream.of(at.asked().major(), interpreter.version().major())
                        .distinct()
                        .mapToObj(version -> layers + "/node" + version + "/node_modules"),
                Stream.of(layers + "/node_modules", at.runtime() + "/node_modules", at.runtime(), at.task()));
        variables.put("NODE_PATH", modules.collect(Collectors.joining(":")));
        return new InstalledRuntime.Start(
                List.of(
                        interpreter.executable().toString(),
                        "--max-old-space-size=" + memoryMegabytes * 9 / 10,
                        at.runtime() + "/nodejs/bootstrap.cjs"),
                variables);
    }

    @Override
    public boolean parks(Interpreter interpreter) {
        return true;
    }

    @Override
    public boolean restores(Interpreter interpreter) {
        return false;
    }

    @Override
    public boolean actsAtStart(String variable) {
        return !variable.equals("NODE_ENV")
                && Stream.of("NODE_", "UV_", "OPENSSL_", "SSL_CERT_").anyMatch(variable::startsWith);
    }
}
