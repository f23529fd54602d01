package io.kappa.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.JarURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;

/**
 * A server that speaks S3 and keeps versions of objects, which all tests of a JVM share: started when a test first asks for it, gone with the
 * JVM. It is Adobe's S3Mock, in a process of its own so that its libraries and the platform's do not meet. It asks nobody for credentials.
 */
public final class S3Server {
    private static final Logger LOG = LoggerFactory.getLogger(S3Server.class);

    /** A class of the jar that is on the class path for its place alone. */
    private static final String JAR = "org/springframework/boot/loader/launch/JarLauncher.class";

    private static final Pattern STARTED = Pattern.compile("Tomcat started on ports.* (\\d+) \\(http\\)");
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    private static final URI URL = start();

    /** Where the server is. */
    public static URI url() {
        return URL;
    }

    /** A client of it, besides those under test. */
    public static S3Client client() {
        return S3Client.builder()
                .endpointOverride(URL)
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    /** A new bucket that keeps versions of its objects. */
    public static String bucket() {
        var name = "bucket-" + ProcessHandle.current().pid() + "-" + BUCKETS.incrementAndGet();
        try (var s3 = client()) {
            s3.createBucket(request -> request.bucket(name));
            s3.putBucketVersioning(request -> request.bucket(name)
                    .versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));
        }
        return name;
    }

    /** Writes an object, and says which version of it that is. */
    public static String put(String bucket, String key, byte[] bytes) {
        try (var s3 = client()) {
            return s3.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(bytes))
                    .versionId();
        }
    }

    private static URI start() {
        try {
            var data = Files.createTempDirectory("kappa-test-s3-");
            var builder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Xmx256m",
                            "-jar",
                            jar().toString(),
                            "--server.port=0",
                            "--com.adobe.testing.s3mock.httpPort=0")
                    .redirectErrorStream(true);
            builder.environment()
                    .put(
                            "COM_ADOBE_TESTING_S3MOCK_STORE_ROOT",
                            data.resolve("store").toString());
            var process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process, data), "stops-test-s3"));
            var output = process.inputReader();
            int port = port(output);
            Thread.ofPlatform().daemon().name("reads-test-s3").start(() -> readOn(output));
            return URI.create("http://127.0.0.1:" + port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path jar() throws IOException {
        var connection = (JarURLConnection) ClassLoader.getSystemResource(JAR).openConnection();
        return Path.of(URI.create(connection.getJarFileURL().toString()));
    }

    private static int port(BufferedReader output) throws IOException {
        var read = new StringBuilder();
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            var started = STARTED.matcher(line);
            if (started.find()) {
                return Integer.parseInt(started.group(1));
            }
            read.append(line).append('\n');
        }
        throw new IOException("the tests' S3 did not start:\n" + read);
    }

    /** Otherwise it would wait, once the pipe is full, for somebody who reads what it says. */
    private static void readOn(BufferedReader output) {
        try (output) {
            output.transferTo(Writer.nullWriter());
        } catch (IOException e) {
            LOG.debug("the tests' S3 says no more", e);
        }
    }

    private static void stop(Process process, Path data) {
        process.destroyForcibly().onExit().join();
        try (var files = Files.walk(data)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("the tests' S3 is not cleared away from {}", data, e);
        }
    }

    private S3Server() {}
}
