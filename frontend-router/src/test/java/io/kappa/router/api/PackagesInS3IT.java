package io.kappa.router.api;

import static io.kappa.router.api.RunningApi.ARN;
import static io.kappa.router.api.RunningApi.FUNCTIONS;
import static io.kappa.router.api.RunningApi.ZIP;
import static io.kappa.router.api.RunningApi.base64;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.kappa.access.object.ObjectStorageSettings;
import io.kappa.testkit.S3Server;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages that requests name in S3: a real server of it, and a registry in memory. */
class PackagesInS3IT {
    private static final String LAYERS = "/2018-10-31/layers/tools/versions";

    @TempDir
    private Path directory;

    private RunningApi api;
    private String bucket;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(
                directory.resolve("credentials"),
                "[default]\naws_access_key_id = kappa\naws_secret_access_key = abracadabra\n");
        api = new RunningApi(at(S3Server.url()));
        bucket = S3Server.bucket();
    }

    private ObjectStorageSettings at(URI endpoint) {
        return new ObjectStorageSettings(
                Optional.of(endpoint),
                "us-east-1",
                true,
                Optional.of(directory.resolve("credentials")),
                Duration.ofSeconds(30));
    }

    /** Which fails where a package that was fetched is still on disk. */
    @AfterEach
    void stop() {
        api.close();
    }

    private static String create(String code) {
        return RunningApi.createRequest("f", "").replaceFirst("\\{\"ZipFile\":[^}]*}", code);
    }

    private String in(String key) {
        return "{\"S3Bucket\":\"" + bucket + "\",\"S3Key\":\"" + key + "\"}";
    }

    private static void assertRefused(HttpResponse<String> answer, int status, String error, String message) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("x-amzn-ErrorType")).contains(error);
        assertThat(answer.body()).contains(message);
    }

    private static void assertInvalid(HttpResponse<String> answer, String message) {
        assertRefused(answer, 400, "InvalidParameterValueException", message);
    }

    private static String member(HttpResponse<String> answer, String name) {
        try {
            return new ObjectMapper().readTree(answer.body()).path(name).asText();
        } catch (IOException e) {
            throw new AssertionError(answer.body(), e);
        }
    }

    @Test
    void aFunctionIsMadeFromAnObject() throws Exception {
        S3Server.put(bucket, "code/f.zip", ZIP);

        var made = api.post(FUNCTIONS, create(in("code/f.zip")));

        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(member(made, "CodeSize")).isEqualTo(Integer.toString(ZIP.length));
        var location = new ObjectMapper()
                .readTree(api.get(FUNCTIONS + "/f").body())
                .at("/Code/Location")
                .asText();
        assertThat(api.download(location).body()).isEqualTo(ZIP);
    }

    @Test
    void anUpdateTakesTheVersionThatItNames() {
        var first = S3Server.put(bucket, "f.zip", ZIP);
        S3Server.put(bucket, "f.zip", "no zip any more".getBytes(UTF_8));
        api.create("f", "");
        var named = in("f.zip").replace("}", ",\"S3ObjectVersion\":\"" + first + "\"}");

        assertThat(api.put(FUNCTIONS + "/f/code", named).statusCode()).isEqualTo(200);
        assertInvalid(api.put(FUNCTIONS + "/f/code", in("f.zip")), "Could not unzip uploaded file.");
        assertInvalid(
                api.put(FUNCTIONS + "/f/code", named.replace(first, "00000000-0000-0000-0000-000000000000")),
                "Error occurred while GetObject. S3 Error Code: NoSuch");
    }

    @Test
    void aDryRunFetchesAndStoresNothing() {
        S3Server.put(bucket, "f.zip", RunningApi.zip("other.py", "x = 1"));
        api.create("f", "");
        var before = member(api.get(FUNCTIONS + "/f/configuration"), "CodeSha256");

        var shown = api.put(FUNCTIONS + "/f/code", in("f.zip").replace("}", ",\"DryRun\":true}"));

        assertThat(member(shown, "CodeSha256")).isNotEmpty().isNotEqualTo(before);
        assertThat(member(api.get(FUNCTIONS + "/f/configuration"), "CodeSha256"))
                .isEqualTo(before);
    }

    @Test
    void aLayerIsMadeFromAnObject() {
        S3Server.put(bucket, "tools.zip", ZIP);

        var published = api.post(LAYERS, "{\"Content\":" + in("tools.zip") + "}");

        assertThat(published.statusCode()).isEqualTo(201);
        assertThat(published.body()).contains("\"CodeSize\":" + ZIP.length);
        assertInvalid(
                api.post(LAYERS, "{\"Content\":" + in("none.zip") + "}"),
                "Error occurred while GetObject. S3 Error Code: NoSuchKey. "
                        + "S3 Error Message: The specified key does not exist.");
    }

    @Test
    void whatIsNotThereIsRefusedInTheWordsOfS3() {
        assertInvalid(
                api.post(FUNCTIONS, create(in("none.zip"))),
                "Error occurred while GetObject. S3 Error Code: NoSuchKey. "
                        + "S3 Error Message: The specified key does not exist.");
        assertInvalid(
                api.post(FUNCTIONS, create("{\"S3Bucket\":\"no-such-bucket\",\"S3Key\":\"k\"}")),
                "Error occurred while GetObject. S3 Error Code: NoSuchBucket. "
                        + "S3 Error Message: The specified bucket does not exist");
        assertThat(api.get(FUNCTIONS + "/f").statusCode()).isEqualTo(404);
    }

    @Test
    void codeHasOneSource() {
        var sources = Map.of(
                "{\"ZipFile\":\"" + base64(ZIP) + "\",\"S3Bucket\":\"bucket\",\"S3Key\":\"k\"}",
                "Please do not provide other FunctionCode parameters when providing a ZipFile.",
                "{}",
                "Please provide a source for function code.",
                "{\"S3Bucket\":\"bucket\"}",
                "Please provide both S3Bucket and S3Key for code in Amazon S3.",
                "{\"S3ObjectVersion\":\"1\"}",
                "Please provide both S3Bucket and S3Key for code in Amazon S3.");

        sources.forEach((code, message) -> assertInvalid(api.post(FUNCTIONS, create(code)), message));
    }

    @Test
    void aPackageInS3MayBeLargerThanARequest() throws IOException {
        var large = stored(60_000_000);
        S3Server.put(bucket, "large.zip", large);

        var made = api.post(FUNCTIONS, create(in("large.zip")));

        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(member(made, "CodeSize")).isEqualTo(Integer.toString(large.length));
    }

    /** A zip with so many random bytes in it. */
    private static byte[] stored(int size) throws IOException {
        var content = new byte[size];
        new Random(1).nextBytes(content);
        var bytes = new ByteArrayOutputStream(size + 1000);
        try (var zip = new ZipOutputStream(bytes)) {
            zip.setLevel(Deflater.NO_COMPRESSION);
            zip.putNextEntry(new ZipEntry("data"));
            zip.write(content);
        }
        return bytes.toByteArray();
    }

    @Test
    void aSmallPackageThatUnpacksToTooMuchIsRefused() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("zeros"));
            var zeros = new byte[1_000_000];
            for (int i = 0; i < 263; i++) {
                zip.write(zeros);
            }
        }
        S3Server.put(bucket, "bomb.zip", bytes.toByteArray());
        S3Server.put(bucket, "slip.zip", RunningApi.zip("../../etc/cron.d/x", "x"));

        assertInvalid(
                api.post(FUNCTIONS, create(in("bomb.zip"))), "Unzipped size must be smaller than 262144000 bytes");
        assertInvalid(api.post(FUNCTIONS, create(in("slip.zip"))), "Could not unzip uploaded file.");
    }

    @Test
    void anEndpointThatIsDownIsNoFaultOfTheCaller() {
        try (var alone = new RunningApi(at(URI.create("http://127.0.0.1:1")))) {
            assertRefused(
                    alone.post(FUNCTIONS, create(in("f.zip"))),
                    503,
                    "ServiceUnavailableException",
                    "Code cannot be taken from Amazon S3: ");
        }
    }

    @Test
    void whatS3ForbidsIsDenied() throws IOException {
        var forbidding = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        forbidding.createContext("/", exchange -> {
            var error = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>".getBytes(UTF_8);
            exchange.sendResponseHeaders(403, error.length);
            exchange.getResponseBody().write(error);
            exchange.close();
        });
        forbidding.start();
        var url = URI.create("http://127.0.0.1:" + forbidding.getAddress().getPort());
        try (var elsewhere = new RunningApi(at(url))) {
            assertRefused(
                    elsewhere.post(FUNCTIONS, create("{\"S3Bucket\":\"bucket\",\"S3Key\":\"f.zip\"}")),
                    403,
                    "AccessDeniedException",
                    "Your access has been denied by S3, please make sure your request credentials have permission to "
                            + "GetObject for bucket/f.zip. S3 Error Code: AccessDenied. S3 Error Message: Access Denied");
        } finally {
            forbidding.stop(0);
        }
    }

    @Test
    void bucketsAreDestinationsOfFailuresAlone() {
        var config = "/2019-09-25/functions/f/event-invoke-config";
        api.create("f", "");

        assertThat(api.put(config, "{\"DestinationConfig\":{\"OnFailure\":{\"Destination\":\"arn:aws:s3:::failed\"}}}")
                        .statusCode())
                .isEqualTo(200);
        assertInvalid(
                api.put(config, "{\"DestinationConfig\":{\"OnSuccess\":{\"Destination\":\"arn:aws:s3:::done\"}}}"),
                "DestinationConfig(onSuccess=OnSuccess(destination=arn:aws:s3:::done), onFailure=null) is invalid.");
        assertInvalid(
                api.put(config, "{\"DestinationConfig\":{\"OnFailure\":{\"Destination\":\"arn:aws:s3:::a/b\"}}}"),
                "The destination ARN arn:aws:s3:::a/b is invalid.");
        assertThat(api.post(
                                "/2015-03-31/event-source-mappings",
                                "{\"FunctionName\":\"f\",\"EventSourceArn\":\"arn:aws:kinesis:us-east-1:000000000000:stream/s\","
                                        + "\"StartingPosition\":\"LATEST\",\"DestinationConfig\":{\"OnFailure\":"
                                        + "{\"Destination\":\"arn:aws:s3:::failed\"}}}")
                        .body())
                .contains("\"Destination\":\"arn:aws:s3:::failed\"")
                .contains(ARN + "f");
    }
}
