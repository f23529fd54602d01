package io.kappa.router.api.function;

import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.io.IOException;
import java.util.Collections;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/** What Lambda demands of a zip before it takes it. */
final class DeploymentPackage {
    static final long LARGEST_ZIPPED = 52_428_800;
    static final long LARGEST_UNZIPPED = 262_144_000;

    /** Refuses a package that could not be run from. Reads every entry, because the sizes that a zip states need not be true. */
    static void check(byte[] zip) {
        check(zip, LARGEST_ZIPPED, LARGEST_UNZIPPED);
    }

    static void check(byte[] zip, long largestZipped, long largestUnzipped) {
        if (zip.length > largestZipped) {
            throw new LambdaApiException(
                    ErrorCode.REQUEST_ENTITY_TOO_LARGE, "Zipped size must be smaller than " + largestZipped + " bytes");
        }
        if (zip.length == 0) {
            throw empty();
        }
        try (var file = ZipFile.builder()
                .setSeekableByteChannel(new SeekableInMemoryByteChannel(zip))
                .get()) {
            int entries = 0;
            long unzipped = 0;
            var buffer = new byte[64 * 1024];
            for (var entry : Collections.list(file.getEntries())) {
                entries++;
                try (var content = file.getInputStream(entry)) {
                    for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                        unzipped += read;
                        if (unzipped > largestUnzipped) {
                            throw invalid("Unzipped size must be smaller than " + largestUnzipped + " bytes");
                        }
                    }
                }
            }
            if (entries == 0) {
                throw empty();
            }
        } catch (IOException | IllegalArgumentException e) {
            throw invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
        }
    }

    private static LambdaApiException empty() {
        return invalid("Uploaded file must be a non-empty zip");
    }

    private static LambdaApiException invalid(String message) {
        return new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }

    private DeploymentPackage() {}
}
