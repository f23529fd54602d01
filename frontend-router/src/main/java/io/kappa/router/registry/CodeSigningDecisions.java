package io.kappa.router.registry;

import io.kappa.contracts.function.CodeSigningConfigId;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.CodeSigningConfigRecord;
import io.kappa.contracts.registry.CodeSigningConfigRecord.UntrustedCode;
import io.kappa.contracts.registry.CodeSigningRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.CodeSigningChange.Create;
import io.kappa.router.registry.CodeSigningChange.Delete;
import io.kappa.router.registry.CodeSigningChange.Update;
import io.kappa.router.registry.RegistryCommand.ChangeCodeSigningConfig;
import io.kappa.router.registry.RegistryDecisions.Outcome;
import io.kappa.router.registry.RegistryDecisions.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of code signing configurations, and whether code may be deployed under one. Nothing that reaches Kappa bears a
 * signature that could be verified here, so all code counts as untrusted.
 */
final class CodeSigningDecisions {
    private final RegistryState state;

    CodeSigningDecisions(RegistryState state) {
        this.state = state;
    }

    Outcome change(ChangeCodeSigningConfig command, Instant now) {
        var id = command.config();
        return switch (command.change()) {
            case Create create ->
                recorded(new CodeSigningConfigRecord(
                        id,
                        create.description(),
                        create.publishers(),
                        create.untrustedCode(),
                        now,
                        create.tags(),
                        false));
            case Update update -> {
                var before = required(state, id);
                yield recorded(new CodeSigningConfigRecord(
                        id,
                        update.description() == null ? before.description() : update.description(),
                        Objects.requireNonNullElse(update.publishers(), before.publishers()),
                        Objects.requireNonNullElse(update.untrustedCode(), before.untrustedCode()),
                        now,
                        before.tags(),
                        false));
            }
            case Delete _ -> delete(required(state, id), now);
        };
    }

    private Outcome delete(CodeSigningConfigRecord config, Instant now) {
        if (state.holdsCode(config.id())) {
            throw new Refusal(
                    ErrorCode.RESOURCE_CONFLICT,
                    "The code signing configuration " + config.id() + " is in use by functions.");
        }
        var changes = new ArrayList<Change>();
        state.codeSigningConfigs(config.id()).stream()
                .filter(CodeSigningConfigRecord::deleted)
                .forEach(earlier -> changes.add(new Change.Removed(earlier)));
        changes.add(new Change.Recorded(new CodeSigningConfigRecord(
                config.id(), null, List.of(), config.untrustedCode(), now, config.tags(), true)));
        return new Outcome(changes, RegistryAnswer.Done.WITHOUT_RECORD);
    }

    Outcome attach(FunctionArn function, CodeSigningConfigId config) {
        requireAttachable(config);
        var _ = RegistryDecisions.required(state, function);
        return new Outcome(List.of(new Change.Recorded(new CodeSigningRecord(function, config))), done());
    }

    Outcome detach(FunctionArn function) {
        var existing = RegistryDecisions.required(state, function);
        return state.codeSigning(function)
                .map(signing -> RegistryDecisions.removal(List.of(signing), existing))
                .orElse(Outcome.UNCHANGED);
    }

    /** What attaches a configuration to a function that is about to be created; nothing where none is asked for. */
    Optional<CodeSigningRecord> attachedTo(FunctionArn function, @Nullable CodeSigningConfigId config) {
        if (config == null) {
            return Optional.empty();
        }
        requireDeployable(function, requireAttachable(config));
        return Optional.of(new CodeSigningRecord(function, config));
    }

    /** Refuses code for a function that must have trusted code alone. */
    void requireDeployable(FunctionArn function) {
        state.codeSigning(function)
                .flatMap(signing -> state.codeSigningConfig(signing.config()))
                .ifPresent(config -> requireDeployable(function, config));
    }

    private static void requireDeployable(FunctionArn function, CodeSigningConfigRecord config) {
        if (config.untrustedCode() == UntrustedCode.Enforce) {
            throw new Refusal(
                    ErrorCode.CODE_VERIFICATION_FAILED,
                    "Lambda cannot deploy the function. The function or layer might be signed using a signature that the "
                            + "client is not configured to accept. Check the provided signature for "
                            + function.name() + ".");
        }
    }

    private CodeSigningConfigRecord requireAttachable(CodeSigningConfigId config) {
        return state.codeSigningConfig(config)
                .orElseThrow(() -> new Refusal(
                        ErrorCode.CODE_SIGNING_CONFIG_NOT_FOUND,
                        "The code signing configuration cannot be found. "
                                + "Check that the provided configuration is not deleted: " + config + "."));
    }

    static CodeSigningConfigRecord required(RegistryState state, CodeSigningConfigId config) {
        return state.codeSigningConfig(config)
                .orElseThrow(() -> new Refusal(
                        ErrorCode.RESOURCE_NOT_FOUND,
                        "The Lambda code signing configuration " + config + " can not be found."));
    }

    private static Outcome recorded(CodeSigningConfigRecord config) {
        return new Outcome(List.of(new Change.Recorded(config)), done());
    }

    private static RegistryAnswer.Done done() {
        return RegistryAnswer.Done.WITHOUT_RECORD;
    }
}
