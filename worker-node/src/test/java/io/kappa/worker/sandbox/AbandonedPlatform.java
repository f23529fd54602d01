package io.kappa.worker.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A platform in a process of its own that starts a runtime, says so, and waits to be killed. */
final class AbandonedPlatform {

    /** @param arguments kind of sandboxes, their directory, directory of the code, seconds that the runtime sleeps */
    public static void main(String[] arguments) throws Exception {
        var settings = new SandboxSettings(
                SandboxSettings.Kind.valueOf(arguments[0]), Optional.empty(), "kappa-test", 920_000, true, "");
        var code = Path.of(arguments[2]);
        var sandbox = Sandboxes.open(settings, Path.of(arguments[1]))
                .create(new SandboxSpec("0".repeat(32), code, null, code, List.of(), 128, 512));
        var printed = new Printed();
        sandbox.start(
                List.of("/bin/sh", "-c", "sleep %1$s & echo started; exec sleep %1$s".formatted(arguments[3])),
                Map.of("PATH", SandboxContract.PATH),
                printed);
        printed.await("started");
        System.out.println("started");
        TimeUnit.HOURS.sleep(1);
    }

    private AbandonedPlatform() {}
}
