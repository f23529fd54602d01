package io.kappa.router.api.function;

import io.kappa.access.object.ObjectStorage;
import io.kappa.access.object.ObjectStorageSettings;
import io.kappa.contracts.destination.Destination;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import org.jspecify.annotations.Nullable;

/** The rule about buckets as destinations: there must be an S3 to have them. */
public final class BucketRules {

    /** @param onFailure null or empty where there is none */
    public static void check(@Nullable String onFailure, ObjectStorage objects) {
        if (onFailure == null || objects.isConfigured()) {
            return;
        }
        if (Destination.parse(onFailure).orElse(null) instanceof Destination.Bucket) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "The destination ARN " + onFailure + " is invalid: no S3 endpoint is configured, set "
                            + ObjectStorageSettings.ENDPOINT);
        }
    }

    private BucketRules() {}
}
