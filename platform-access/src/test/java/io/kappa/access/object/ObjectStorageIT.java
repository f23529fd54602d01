package io.kappa.access.object;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kappa.access.object.ObjectStorageException.Refused;
import io.kappa.testkit.S3Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects of a real server, which has versions of them. */
class ObjectStorageIT {
    @TempDir
    private Path directory;

    private Path file;
    private ObjectStorage storage;
    private String bucket;

    @BeforeEach
    void start() throws IOException {
        var credentials = Files.writeString(
                directory.resolve("credentials"),
                "[default]\naws_access_key_id = kappa\naws_secret_access_key = abracadabra\n");
        file = directory.resolve("object");
        storage = new ObjectStorage(new ObjectStorageSettings(
                Optional.of(S3Server.url()), "us-east-1", true, Optional.of(credentials), Duration.ofSeconds(30)));
        bucket = S3Server.bucket();
    }

    @AfterEach
    void stop() {
        storage.close();
    }

    @Test
    void theLatestVersionOfAnObjectIsReadUnlessAnotherIsNamed() throws Exception {
        var first = S3Server.put(bucket, "code/my function.zip", "first and longer".getBytes(UTF_8));
        S3Server.put(bucket, "code/my function.zip", "second".getBytes(UTF_8));

        storage.download(bucket, "code/my function.zip", first, file, 100);
        assertThat(file).hasContent("first and longer");
        storage.download(bucket, "code/my function.zip", null, file, 100);
        assertThat(file).hasContent("second");
    }

    @Test
    void whatIsNotThereIsRefusedInTheWordsOfS3() {
        S3Server.put(bucket, "here", new byte[1]);

        assertThat(refusal(bucket, "elsewhere", null).code()).isEqualTo("NoSuchKey");
        assertThat(refusal("no-such-bucket", "here", null).code()).isEqualTo("NoSuchBucket");
        assertThat(refusal(bucket, "here", "00000000-0000-0000-0000-000000000000")
                        .status())
                .isEqualTo(404);
    }

    private Refused refusal(String in, String key, @Nullable String version) {
        return catchThrowableOfType(Refused.class, () -> storage.download(in, key, version, file, 100));
    }

    @Test
    void noMoreIsTakenThanTheCallerAllows() throws Exception {
        S3Server.put(bucket, "long", new byte[1_000_000]);

        storage.download(bucket, "long", null, file, 1_000_000);
        assertThat(file).hasSize(1_000_000);
        assertThatThrownBy(() -> storage.download(bucket, "long", null, file, 999_999))
                .isInstanceOf(ObjectStorageException.TooLong.class);
    }

    @Test
    void anObjectWrittenTwiceIsOne() throws Exception {
        storage.put(bucket, "a/b", "{\"n\":1}".getBytes(UTF_8));
        storage.put(bucket, "a/b", "{\"n\":2}".getBytes(UTF_8));

        try (var s3 = S3Server.client()) {
            assertThat(s3.listObjectsV2(request -> request.bucket(bucket)).contents())
                    .singleElement()
                    .satisfies(found -> assertThat(found.key()).isEqualTo("a/b"));
            var object = s3.getObjectAsBytes(request -> request.bucket(bucket).key("a/b"));
            assertThat(object.asUtf8String()).isEqualTo("{\"n\":2}");
            assertThat(object.response().contentType()).isEqualTo("application/json");
        }
    }

    @Test
    void withoutAnEndpointTheMissingSettingIsNamed() {
        var none = new ObjectStorage(new ObjectStorageSettings(
                Optional.empty(), "us-east-1", true, Optional.empty(), Duration.ofSeconds(30)));

        assertThat(none.isConfigured()).isFalse();
        assertThatThrownBy(() -> none.put(bucket, "a", new byte[0]))
                .isInstanceOf(ObjectStorageException.NotConfigured.class)
                .hasMessageContaining("objects.endpoint");
    }

    @Test
    void aFileThatCannotBeWrittenIsNoFaultOfS3() {
        S3Server.put(bucket, "here", new byte[1]);

        assertThatThrownBy(() -> storage.download(bucket, "here", null, directory.resolve("none/object"), 100))
                .isInstanceOf(IOException.class);
    }

    @Test
    void anEndpointThatIsDownIsUnavailable() {
        try (var down = new ObjectStorage(new ObjectStorageSettings(
                Optional.of(URI.create("http://127.0.0.1:1")),
                "us-east-1",
                true,
                Optional.of(directory.resolve("credentials")),
                Duration.ofSeconds(30)))) {
            assertThatThrownBy(() -> down.put(bucket, "a", new byte[0]))
                    .isInstanceOf(ObjectStorageException.Unavailable.class)
                    .hasMessageContaining("Connection refused");
        }
    }
}
