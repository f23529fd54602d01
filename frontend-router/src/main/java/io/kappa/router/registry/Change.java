package io.kappa.router.registry;

import io.kappa.contracts.registry.RegistryRecord;
import java.time.Instant;

/** One step that follows from a command. First recorded, then applied by {@link RegistryState#apply}; nothing else changes the state. */
sealed interface Change {

    /** Something is configured like this from now on. */
    record Recorded(RegistryRecord record) implements Change {}

    /** Something is configured no longer. The record is the last that said it. */
    record Removed(RegistryRecord record) implements Change {}

    /** A package is about to be stored. Unless something uses it by then, it is deleted at {@code until}. */
    record UploadAnnounced(Upload upload, Instant until) implements Change {}

    /** Nothing uses a package, and none will: its chunks are deleted. */
    record UploadReleased(Upload upload) implements Change {}
}
