package io.kappa.runtimes;

import io.kappa.contracts.function.RuntimeFamily;
import io.kappa.contracts.function.RuntimeIdentifier;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The runtimes that this machine has: clients of the Runtime API from this build, interpreters from wherever they are
 * installed. The search runs in the background from construction on, so that only a function that needs its result
 * waits for it.
 */
public final class InstalledRuntimes implements RuntimeCatalogue {

    /** A script of the user's that starts the runtime in Lambda's stead: what layers of tracing tools use. */
    static final String WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER";

    private final CompletableFuture<Path> clients;
    private final CompletableFuture<Variables> variables;
    private final Map<RuntimeFamily, CompletableFuture<Installed>> languages = new EnumMap<>(RuntimeFamily.class);

    /** A language with its interpreters, in the order of their candidates. */
    private record Installed(Language language, List<Interpreter> interpreters) {}

    public InstalledRuntimes(RuntimeSettings settings) {
        var threads = threads();
        clients = CompletableFuture.supplyAsync(() -> unpack(settings.directory()), threads);
        variables = CompletableFuture.supplyAsync(InstalledRuntimes::askForLocale, threads);
        for (var family : RuntimeFamily.values()) {
            language(family)
                    .ifPresent(maker -> languages.put(
                            family, clients.thenCompose(path -> search(maker.apply(path), settings, threads))));
        }
    }

    /**
     * As many as have a processor, gone once the search is over. Not virtual ones: reading a child's pipe on one
     * holds on to its carrier.
     */
    private static Executor threads() {
        int count = Runtime.getRuntime().availableProcessors();
        var factory = Thread.ofPlatform().daemon().name("runtime-search-", 0).factory();
        var threads = new ThreadPoolExecutor(count, count, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /**
     * What runs a language's functions, given the unpacked clients; empty for what needs no interpreter or has none
     * here.
     */
    private static Optional<Function<Path, Language>> language(RuntimeFamily family) {
        return switch (family) {
            case PYTHON -> Optional.of(Python::new);
            case NODEJS -> Optional.of(_ -> new NodeJs());
            case JAVA -> Optional.of(Java::new);
            case RUBY -> Optional.of(_ -> new Ruby());
            case PROVIDED, DOTNET, GO -> Optional.empty();
        };
    }

    private static Path unpack(Path directory) {
        try {
            return ClientFiles.unpack(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("the runtime clients cannot be unpacked to " + directory, e);
        }
    }

    private static Variables askForLocale() {
        try {
            return new Variables(Variables.locale(Question.ask(Path.of("/usr/bin/locale"), "-a")));
        } catch (IOException _) {
            return new Variables(Variables.locale(List.of()));
        }
    }

    private static CompletableFuture<Installed> search(Language language, RuntimeSettings settings, Executor threads) {
        var chosen = settings.interpreters().get(language.family());
        var candidates = chosen == null ? Candidates.of(language.places()) : List.of(chosen);
        var answers = candidates.stream()
                .map(candidate -> CompletableFuture.supplyAsync(() -> examine(language, candidate), threads))
                .toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(_ -> answers.stream()
                        .map(CompletableFuture::join)
                        .flatMap(Optional::stream)
                        .toList())
                .thenApply(interpreters -> new Installed(language, interpreters));
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
        return clients.join();
    }

    @Override
    public Optional<InstalledRuntime> find(RuntimeIdentifier identifier) {
        if (identifier.family() == RuntimeFamily.PROVIDED) {
            return Optional.of(provided(identifier));
        }
        var search = languages.get(identifier.family());
        if (search == null || !identifier.supported()) {
            return Optional.empty();
        }
        var installed = search.join();
        return InterpreterVersion.in(identifier.wireName())
                .flatMap(wanted -> choose(installed.interpreters(), wanted))
                .map(interpreter -> runtime(identifier, installed.language(), interpreter));
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
                (taskRoot, runtimeRoot, layersRoot, memoryMegabytes, handler, environment) -> {
                    var roots = new Language.Roots(
                            taskRoot,
                            runtimeRoot,
                            layersRoot,
                            InterpreterVersion.in(identifier.wireName()).orElseGet(interpreter::version),
                            handler,
                            variables.join().of(taskRoot, runtimeRoot, layersRoot, interpreter));
                    return wrap(language.start(interpreter, roots, memoryMegabytes), layersRoot, environment);
                },
                language.parks(interpreter)
                        ? Optional.of(new ParkedStart(language, interpreter, variables.join()))
                        : Optional.empty(),
                language.restores(interpreter));
    }

    /**
     * Starts the user's wrapper, if there is one, with the command as its arguments. A shell runs it, so that a bad
     * one ends with 126 or 127.
     */
    private static InstalledRuntime.Start wrap(
            InstalledRuntime.Start start, String layersRoot, Map<String, String> environment) {
        var wrapper = inLayers(environment.getOrDefault(WRAPPER, ""), layersRoot);
        if (wrapper.isEmpty()) {
            return start;
        }
        var command = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$0\" \"$@\"", wrapper));
        command.addAll(start.command());
        return new InstalledRuntime.Start(command, start.environment());
    }

    /** Where a file really is that a function names by where layers should be. */
    private static String inLayers(String file, String layersRoot) {
        return file.startsWith(Language.Roots.LAYERS + "/")
                ? layersRoot + file.substring(Language.Roots.LAYERS.length())
                : file;
    }

    private InstalledRuntime provided(RuntimeIdentifier identifier) {
        return new InstalledRuntime(
                identifier.wireName().replace('.', ':'),
                List.of(),
                "",
                (taskRoot, runtimeRoot, layersRoot, _, _, _) -> {
                    var entrypoints = List.of(taskRoot + "/bootstrap", layersRoot + "/bootstrap");
                    return new InstalledRuntime.Start(
                            entrypoints.subList(0, 1),
                            variables.join().of(taskRoot, runtimeRoot, layersRoot),
                            entrypoints);
                },
                Optional.empty(),
                false);
    }

    @Override
    public Set<RuntimeIdentifier> available() {
        return those(_ -> true);
    }

    @Override
    public Set<RuntimeIdentifier> restorable() {
        return those(InstalledRuntime::restores);
    }

    private Set<RuntimeIdentifier> those(Predicate<InstalledRuntime> wanted) {
        var found = EnumSet.noneOf(RuntimeIdentifier.class);
        Arrays.stream(RuntimeIdentifier.values())
                .filter(identifier -> find(identifier).filter(wanted).isPresent())
                .forEach(found::add);
        return found;
    }
}
