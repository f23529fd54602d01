package io.kappa.router.api.function;

import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.router.api.shape.Input;
import io.kappa.router.dispatch.WorkerDirectory;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.ConfigurationChange.ChangedSnapStart;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which functions may have SnapStart. */
final class SnapStartRules {
    private static final int MOST_STORAGE_MEGABYTES = 512;

    private static final Set<RuntimeIdentifier> ALLOWED = EnumSet.of(
            RuntimeIdentifier.JAVA11,
            RuntimeIdentifier.JAVA17,
            RuntimeIdentifier.JAVA21,
            RuntimeIdentifier.JAVA25,
            RuntimeIdentifier.PYTHON3_12,
            RuntimeIdentifier.PYTHON3_13,
            RuntimeIdentifier.PYTHON3_14,
            RuntimeIdentifier.DOTNET8,
            RuntimeIdentifier.DOTNET10);

    private final WorkerDirectory workers;

    SnapStartRules(WorkerDirectory workers) {
        this.workers = workers;
    }

    /** What the input asks for; null where it leaves that as it is. */
    static @Nullable ChangedSnapStart asked(Input input) {
        var snapStart = input.structure("SnapStart");
        return snapStart == null ? null : ChangedSnapStart.valueOf(snapStart.textOr("ApplyOn", "None"));
    }

    /**
     * Refuses what SnapStart does not go with.
     *
     * @param asked whether this very request asks for it: only then do workers have to be there that can do it
     */
    void check(FunctionConfiguration configuration, boolean asked) {
        if (configuration.snapStart() == null) {
            return;
        }
        var runtime = configuration.runtime();
        if (runtime == null) {
            throw unsupported("ContainerImage");
        }
        if (!ALLOWED.contains(runtime)) {
            throw unsupported(runtime.wireName());
        }
        if (configuration.ephemeralStorageMegabytes() > MOST_STORAGE_MEGABYTES) {
            throw unsupported("EphemeralStorage of more than " + MOST_STORAGE_MEGABYTES + " MB");
        }
        // Without any worker nobody can tell; the version will wait for one.
        if (asked && !workers.isEmpty() && !workers.snapshots().contains(runtime)) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "SnapStart with ApplyOn PublishedVersions cannot be used: no worker node can take snapshots of "
                            + runtime.wireName() + " functions.");
        }
    }

    private static LambdaApiException unsupported(String what) {
        return new LambdaApiException(
                ErrorCode.INVALID_PARAMETER_VALUE, what + " is not supported for SnapStart enabled functions.");
    }
}
