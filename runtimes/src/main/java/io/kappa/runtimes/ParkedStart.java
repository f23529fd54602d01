package io.kappa.runtimes;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Starts a language's client without a function. */
record ParkedStart(Language language, Interpreter interpreter, Variables variables)
        implements InstalledRuntime.Parking {

    /** Tells the client to wait for its assignment, in which this variable is missing. */
    static final String PARKED = "_KAPPA_PARKED";

    /** What the dynamic linker and the C library look at but once, or before anything else runs. */
    private static final Set<String> AT_START =
            Set.of("LANG", "LANGUAGE", "TZ", "TZDIR", "GLIBC_TUNABLES", "LOCPATH", "GCONV_PATH", "NLSPATH");

    @Override
    public InstalledRuntime.Start start(String taskRoot, String runtimeRoot, int memoryMegabytes) {
        var roots = new Language.Roots(
                taskRoot,
                runtimeRoot,
                Language.Roots.LAYERS,
                interpreter.version(),
                "",
                variables.of(taskRoot, runtimeRoot, Language.Roots.LAYERS, interpreter));
        var start = language.start(interpreter, roots, memoryMegabytes);
        var environment = new HashMap<>(start.environment());
        environment.put(PARKED, "1");
        return new InstalledRuntime.Start(start.command(), environment);
    }

    @Override
    public boolean allows(Map<String, String> environment) {
        return environment.keySet().stream().noneMatch(this::actsAtStart);
    }

    private boolean actsAtStart(String variable) {
        return AT_START.contains(variable)
                || variable.equals(InstalledRuntimes.WRAPPER)
                || Stream.of("LC_", "LD_", "DYLD_", "MALLOC_").anyMatch(variable::startsWith)
                || language.actsAtStart(variable);
    }
}
