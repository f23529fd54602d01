package io.kappa.router.api.invoke;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.api.function.FunctionIdentifier;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import org.jspecify.annotations.Nullable;

/**
 * What an invocation names, worked out once and kept for the next one that names the same.
 *
 * @param function null where no function can have the name
 * @param version null where the qualifier is not a version's
 * @param invokedArn as the function sees itself invoked: with the qualifier only if one was given
 * @param versionArn always with a qualifier
 * @param functionHash the same for all qualifiers of a function
 */
public record InvokeTarget(
        @Nullable FunctionArn function,
        @Nullable Version version,
        String invokedArn,
        String versionArn,
        int functionHash) {

    public static InvokeTarget of(FunctionIdentifier identifier) {
        var qualifier = identifier.qualifier();
        var unqualifiedArn = identifier.unqualifiedArn();
        return new InvokeTarget(
                identifier.function().orElse(null),
                identifier.version().orElse(null),
                identifier.arn(),
                unqualifiedArn + ":" + (qualifier == null ? "$LATEST" : qualifier),
                unqualifiedArn.hashCode());
    }

    /** What is there under the name: a function, and the version of it to run. */
    public record Found(FunctionRecord function, VersionRecord version) {}

    /**
     * The version to run.
     *
     * @throws LambdaApiException where there is none, or it cannot be invoked yet
     */
    public Found resolve(RegistryView view) {
        var found = function == null || version == null
                ? null
                : view.function(function).orElse(null);
        var record = found == null || version == null ? null : found.versions().get(version);
        if (found == null || record == null) {
            throw new LambdaApiException(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + versionArn);
        }
        var state = record.state().name();
        if (state != VersionRecord.State.Name.Active) {
            throw new LambdaApiException(
                    ErrorCode.RESOURCE_CONFLICT,
                    "The operation cannot be performed at this time. The function is currently in the following state: "
                            + state);
        }
        return new Found(found.function(), record);
    }
}
