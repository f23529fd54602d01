package io.kappa.router.registry;

import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.refusal.ErrorCode;
import org.jspecify.annotations.Nullable;

/** What became of a command. */
public sealed interface RegistryAnswer {

    /** @param version the record that the API answers with; null where it answers with nothing */
    record Done(@Nullable VersionRecord version) implements RegistryAnswer {}

    record Refused(ErrorCode code, String message) implements RegistryAnswer {}
}
