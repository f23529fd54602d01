package io.kappa.runtimes;

import io.kappa.contracts.function.RuntimeFamily;
import io.kappa.contracts.function.RuntimeIdentifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/**
 * The runtimes that this machine has: clients of the Runtime API from this build, interpreters from wherever they are installed. The
 * search runs in the background from construction on, so that only a function that needs its result waits for it.
 */
public final class InstalledRuntimes implements RuntimeCatalogue {

    /** A script of the user's that starts the runtime in Lambda's stead: what layers of tracing tools use. */
    private static final String WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER";

    private final Path directory;
    private final Map<RuntimeFamily, Language> languages = new EnumMap<>(RuntimeFamily.class);
    private final Map<RuntimeFamily, CompletableFuture<List<Interpreter>>> interpreters =
            new EnumMap<>(RuntimeFamily.class);
    private final CompletableFuture<Variables> variables;

    /** @throws IOException where the clients cannot be unpacked */
    public InstalledRuntimes(RuntimeSettings settings) throws IOException {
        directory = ClientFiles.unpack(settings.directory());
        // Not on virtual threads: reading a child's pipe on one holds on to its carrier.
        var threads = Executors.newFixedThreadPool(
                Runtime.getRuntime().availableProcessors(),
                Thread.ofPlatform().daemon().name("runtime-search-", 0).factory());
        variables = CompletableFuture.supplyAsync(InstalledRuntimes::askForLocale, threads);
        for (var language : List.of(new Python(directory), new NodeJs(), new Java(directory), new Ruby())) {
            languages.put(language.family(), language);
            interpreters.put(language.family(), search(language, settings, threads));
        }
        threads.shutdown(); // Takes nothing new; what has been asked is answered.
    }

    private static Variables askForLocale() {
        try {
            return new Variables(Variables.locale(Question.ask(Path.of("/usr/bin/locale"), "-a")));
        } catch (IOException _) {
            return new Variables(Variables.locale(List.of()));
        }
    }

    /** Gives the interpreters in the order of their candidates. */
    private static CompletableFuture<List<Interpreter>> search(
            Language language, RuntimeSettings settings, Executor threads) {
        var chosen = settings.interpreters().get(language.family());
        var candidates = chosen == null ? Candidates.of(language.places()) : List.of(chosen);
        var answers = candidates.stream()
                .map(candidate -> CompletableFuture.supplyAsync(() -> examine(language, candidate), threads))
                .toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(_ -> answers.stream()
                        .map(CompletableFuture::join)
                        .flatMap(Optional::stream)
                        .toList());
    }

    private static Optional<Interpreter> examine(Language language, Path candidate) {
        try {
            return language.examine(candidate)
                    .filter(interpreter -> interpreter.version().compareTo(language.oldest()) >= 0);
        } catch (IOException | RuntimeException _) {
            return Optional.empty(); // Whatever it is, it is no interpreter of this language.
        }
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public Optional<InstalledRuntime> find(RuntimeIdentifier identifier) {
        if (identifier.family() == RuntimeFamily.PROVIDED) {
            return Optional.of(provided(identifier));
        }
        var language = languages.get(identifier.family());
        var installed = interpreters.get(identifier.family());
        if (language == null || installed == null || !identifier.supported()) {
            return Optional.empty();
        }
        return InterpreterVersion.in(identifier.wireName())
                .flatMap(wanted -> choose(installed.join(), wanted))
                .map(interpreter -> runtime(identifier, language, interpreter));
    }

    /** The very version if there is one, else the next newer one, else the newest. */
    static Optional<Interpreter> choose(List<Interpreter> installed, InterpreterVersion wanted) {
        var byVersion = Comparator.comparing(Interpreter::version);
        Predicate<Interpreter> exact = interpreter -> interpreter.version().is(wanted);
        return installed.stream()
                .filter(exact)
                .findFirst()
                .or(() -> installed.stream()
                        .filter(interpreter -> interpreter.version().compareTo(wanted) > 0)
                        .min(byVersion))
                .or(() -> installed.stream().max(byVersion));
    }

    private InstalledRuntime runtime(RuntimeIdentifier identifier, Language language, Interpreter interpreter) {
        return new InstalledRuntime(
                language.label() + ":" + interpreter.version(),
                interpreter.hostPaths(),
                "AWS_Lambda_" + identifier.wireName(),
                (taskRoot, runtimeRoot, memoryMegabytes, environment) -> {
                    var roots = new Language.Roots(
                            taskRoot,
                            runtimeRoot,
                            environment.getOrDefault("_HANDLER", ""),
                            variables.join().of(taskRoot, runtimeRoot, interpreter));
                    return wrap(language.start(interpreter, roots, memoryMegabytes), environment);
                });
    }

    /** Starts the user's wrapper, if there is one, with the command as its arguments. A shell runs it, so that a bad one ends with 126 or 127. */
    private static InstalledRuntime.Start wrap(InstalledRuntime.Start start, Map<String, String> environment) {
        var wrapper = environment.getOrDefault(WRAPPER, "");
        if (wrapper.isEmpty()) {
            return start;
        }
        var command = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$0\" \"$@\"", wrapper));
        command.addAll(start.command());
        return new InstalledRuntime.Start(command, start.environment());
    }

    private InstalledRuntime provided(RuntimeIdentifier identifier) {
        return new InstalledRuntime(
                identifier.wireName().replace('.', ':'), List.of(), "", (taskRoot, runtimeRoot, _, _) -> {
                    var entrypoints = List.of(taskRoot + "/bootstrap", "/opt/bootstrap");
                    return new InstalledRuntime.Start(
                            entrypoints.subList(0, 1), variables.join().of(taskRoot, runtimeRoot), entrypoints);
                });
    }

    @Override
    public Set<RuntimeIdentifier> available() {
        var available = EnumSet.noneOf(RuntimeIdentifier.class);
        Arrays.stream(RuntimeIdentifier.values())
                .filter(identifier -> find(identifier).isPresent())
                .forEach(available::add);
        return available;
    }
}
