package io.kappa.access.object;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.kappa.access.object.ObjectStorageException.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that a server in good health does not give. */
class ObjectStorageTest {
    private final AtomicInteger asked = new AtomicInteger();

    @TempDir
    private Path directory;

    private HttpServer server;
    private Path credentials;

    @BeforeEach
    void start() throws IOException {
        credentials = Files.writeString(
                directory.resolve("credentials"), "[default]\naws_access_key_id = a\naws_secret_access_key = b\n");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answering(int status, String body) {
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(status, body.isEmpty() ? -1 : body.length());
            exchange.getResponseBody().write(body.getBytes(UTF_8));
            exchange.close();
        });
    }

    private static String error(String code, String message) {
        return "<Error><Code>" + code + "</Code><Message>" + message + "</Message></Error>";
    }

    private void download(Duration timeout) throws ObjectStorageException, IOException {
        var endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (var storage = new ObjectStorage(new ObjectStorageSettings(
                Optional.of(endpoint), "us-east-1", true, Optional.of(credentials), timeout))) {
            storage.download("bucket", "key", null, directory.resolve("object"), 100);
        }
    }

    private Refused refusal() {
        return catchThrowableOfType(Refused.class, () -> download(Duration.ofSeconds(20)));
    }

    @Test
    void whatIsForbiddenIsRefused() {
        answering(403, error("AccessDenied", "Access Denied"));

        assertThat(refusal())
                .extracting(Refused::code, Refused::reason)
                .containsExactly("AccessDenied", "Access Denied");
        assertThat(asked).hasValue(1);
    }

    @Test
    void aBucketOfAnotherRegionIsRefused() {
        answering(301, error("PermanentRedirect", "The bucket is in this region: eu-west-1."));

        assertThat(refusal())
                .extracting(Refused::code, Refused::reason)
                .containsExactly("PermanentRedirect", "The bucket is in this region: eu-west-1.");
    }

    @Test
    void aRefusalWithoutABodyIsNamedByItsStatus() {
        answering(404, "");

        assertThat(refusal().code()).isEqualTo("NoSuchKey");
    }

    @Test
    void aServerInTroubleIsAskedAgainAndThenUnavailable() {
        answering(503, error("SlowDown", "Please reduce your request rate."));

        assertThatThrownBy(() -> download(Duration.ofSeconds(20)))
                .isInstanceOf(ObjectStorageException.Unavailable.class)
                .hasMessageContaining("503");
        assertThat(asked.get()).isGreaterThan(1);
    }

    @Test
    void anObjectThatBreaksOffIsAskedForAgain() throws Exception {
        server.createContext("/", exchange -> {
            boolean first = asked.incrementAndGet() == 1;
            exchange.sendResponseHeaders(200, 10);
            exchange.getResponseBody()
                    .write("0123456789".substring(0, first ? 4 : 10).getBytes(UTF_8));
            exchange.getResponseBody().flush();
            exchange.close();
        });

        download(Duration.ofSeconds(20));

        assertThat(directory.resolve("object")).hasContent("0123456789");
        assertThat(asked).hasValue(2);
    }

    @Test
    void aServerThatSaysNothingIsUnavailableOnceTheTimeIsOver() {
        var over = new CountDownLatch(1);
        server.createContext("/", _ -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        assertThatThrownBy(() -> download(Duration.ofSeconds(1)))
                .isInstanceOf(ObjectStorageException.Unavailable.class)
                .hasMessageContaining("longer than 1 s");
        over.countDown();
    }

    @Test
    void credentialsThatAreMissingAreNamed() throws IOException {
        Files.delete(credentials);

        assertThatThrownBy(() -> download(Duration.ofSeconds(1)))
                .isInstanceOf(ObjectStorageException.Unavailable.class)
                .hasMessageContaining("credentials");
        assertThat(asked).hasValue(0);
    }
}
