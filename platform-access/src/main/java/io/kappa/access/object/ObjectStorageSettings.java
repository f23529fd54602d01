package io.kappa.access.object;

import io.kappa.kit.settings.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where objects are: one S3-compatible endpoint has all buckets.
 *
 * @param endpoint without one, nothing can be read from S3 or written there
 * @param region that requests are signed for
 * @param pathStyle whether buckets stand in the path of a URL; otherwise they are part of the host's name
 * @param credentialsFile of the kind that {@code aws configure} writes; without one, credentials are found as the AWS SDK finds them
 * @param timeout of reading one object, from the request to its last byte
 */
public record ObjectStorageSettings(
        Optional<URI> endpoint, String region, boolean pathStyle, Optional<Path> credentialsFile, Duration timeout) {
    public static final String ENDPOINT = "objects.endpoint";

    private static final Pattern URL =
            Pattern.compile("https?://(\\[[0-9a-fA-F:]+]|[A-Za-z0-9.-]+)(:\\d{1,5})?(/[A-Za-z0-9._/-]*)?");

    public static ObjectStorageSettings from(Settings settings) {
        return new ObjectStorageSettings(
                settings.text(ENDPOINT, URL, "a URL such as https://s3.example.org")
                        .map(URI::create),
                settings.text("objects.region", "us-east-1"),
                settings.flag("objects.path-style", true),
                settings.text("objects.credentials-file").map(Path::of),
                settings.duration("objects.timeout", Duration.ofMinutes(1)));
    }
}
