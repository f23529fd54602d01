package io.kappa.runtimes;

import io.kappa.contracts.function.RuntimeIdentifier;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Which runtimes this machine can run functions with. */
public interface RuntimeCatalogue {

    /** The unpacked runtime clients on this machine. */
    Path directory();

    /** Empty where the machine lacks the runtime. May wait a moment for the search after the start. */
    Optional<InstalledRuntime> find(RuntimeIdentifier identifier);

    Set<RuntimeIdentifier> available();

    /** Of the available ones, those that go on where a snapshot of them is restored. */
    Set<RuntimeIdentifier> restorable();
}
