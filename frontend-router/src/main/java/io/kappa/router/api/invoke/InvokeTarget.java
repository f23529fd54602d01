package io.kappa.router.api.invoke;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.invocation.Lineage;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.RecursionRecord.Loop;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.registry.RegistryView.FunctionView;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.api.function.FunctionIdentifier;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What an invocation names, worked out once and kept for the next one that names the same. What an alias stands for is looked up, and where
 * it has two versions drawn, by each invocation anew.
 *
 * @param function null where no function can have the name
 * @param version null where the qualifier is not a version's
 * @param qualifier as it was given, or {@code $LATEST}
 * @param invokedArn as the function sees itself invoked: with the qualifier only if one was given
 * @param qualifiedArn always with a qualifier
 * @param functionHash by {@link Lineage#hash}
 */
public record InvokeTarget(
        @Nullable FunctionArn function,
        @Nullable Version version,
        String qualifier,
        String invokedArn,
        String qualifiedArn,
        int functionHash) {

    public static InvokeTarget of(FunctionIdentifier identifier) {
        var qualifier = identifier.effectiveQualifier();
        var unqualifiedArn = identifier.unqualifiedArn();
        return new InvokeTarget(
                identifier.function().orElse(null),
                identifier.version().orElse(null),
                qualifier,
                identifier.arn(),
                unqualifiedArn + ":" + qualifier,
                Lineage.hash(unqualifiedArn));
    }

    /**
     * What is there under the name: a function, and the version of it to run.
     *
     * @param versionArn text of the version's ARN
     */
    public record Found(FunctionRecord function, VersionRecord version, String versionArn) {}

    /**
     * The version to run.
     *
     * @throws LambdaApiException where there is none, or it cannot be invoked yet
     */
    public Found resolve(RegistryView view) {
        var found = function == null ? null : view.function(function).orElse(null);
        var named = found == null || version != null ? version : drawn(found);
        var record = found == null || named == null ? null : found.versions().get(named);
        if (found == null || record == null) {
            throw new LambdaApiException(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + qualifiedArn);
        }
        if (record.awaitsSnapshot()) {
            throw new LambdaApiException(
                    ErrorCode.SNAP_START_NOT_READY,
                    "Lambda is initializing your function. It will be ready to invoke once your function state becomes active.");
        }
        var state = record.state().name();
        if (state != VersionRecord.State.Name.Active) {
            throw new LambdaApiException(
                    ErrorCode.RESOURCE_CONFLICT,
                    "The operation cannot be performed at this time. The function is currently in the following state: "
                            + state);
        }
        return new Found(
                found.function(), record, version == null ? record.version().toString() : qualifiedArn);
    }

    /**
     * Refuses a run that would be one too many in its chain, where the function does not allow loops.
     *
     * @param trace what the caller sent, or null
     */
    public void refuseLoop(@Nullable String trace, RegistryView view) {
        if (function != null
                && Lineage.isExhausted(trace, functionHash)
                && view.recursiveLoop(function) == Loop.Terminate) {
            throw new LambdaApiException(
                    ErrorCode.RECURSIVE_INVOCATION,
                    "AWS Lambda has detected your function being invoked in a recursive loop with other AWS resources "
                            + "and stopped your function's invocation.");
        }
    }

    /** The version that this invocation of the alias runs; null where there is no such alias. */
    private @Nullable Version drawn(FunctionView function) {
        var alias = function.aliases().get(qualifier);
        return alias == null ? null : alias.drawn(ThreadLocalRandom.current().nextDouble());
    }
}
