package io.kappa.router.api.code;

import io.kappa.router.api.shape.Input;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import org.jspecify.annotations.Nullable;

/** Where a request has its package. */
sealed interface CodeSource {

    /** The bytes themselves. */
    @SuppressWarnings("ArrayRecordComponent") // Of 50 MB, so not copied, and compared with nothing.
    record Inline(byte[] zip) implements CodeSource {}

    /**
     * An object in S3.
     *
     * @param version null for the latest
     */
    record InBucket(String bucket, String key, @Nullable String version) implements CodeSource {}

    /**
     * The one source that the structure names.
     *
     * @param none what is answered where it names none
     */
    static CodeSource in(Input code, String none) {
        var zip = code.bytes("ZipFile");
        var bucket = code.text("S3Bucket");
        var key = code.text("S3Key");
        var version = code.text("S3ObjectVersion");
        if (zip != null) {
            if (bucket != null || key != null || version != null) {
                throw invalid("Please do not provide other FunctionCode parameters when providing a ZipFile.");
            }
            return new Inline(zip);
        }
        if (bucket == null && key == null && version == null) {
            throw invalid(none);
        }
        if (bucket == null || key == null) {
            throw invalid("Please provide both S3Bucket and S3Key for code in Amazon S3.");
        }
        return new InBucket(bucket, key, version);
    }

    private static LambdaApiException invalid(String message) {
        return new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }
}
