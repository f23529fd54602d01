package io.kappa.access.object;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSupplier;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Reads and writes objects at the one endpoint that is configured, by the AWS SDK. Blocks; any thread may call. What only Amazon's own S3
 * does is left out of requests, so that other servers take them: bodies in signed chunks, and checksums that nobody has asked for.
 */
public final class ObjectStorage implements AutoCloseable {
    private static final Duration CONNECTING = Duration.ofSeconds(2);

    /** How long S3 may say nothing in the middle of something. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private static final Duration WRITING = Duration.ofSeconds(10);

    private static final int REDIRECTED = 301;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int SERVER_ERROR = 500;

    private final ObjectStorageSettings settings;

    /** Made when it is first needed: a platform that has nothing in S3 spends neither time nor memory on it. */
    private @Nullable S3Client client;

    public ObjectStorage(ObjectStorageSettings settings) {
        this.settings = settings;
    }

    /** Whether there is an endpoint. */
    public boolean isConfigured() {
        return settings.endpoint().isPresent();
    }

    /**
     * Writes an object to a file, whatever is in that now, holding no more than a small part of it in memory.
     *
     * @param version of the object; null for the latest
     * @param most bytes of the object that are taken
     * @throws IOException where the file cannot be written
     */
    public void download(String bucket, String key, @Nullable String version, Path file, long most)
            throws ObjectStorageException, IOException {
        try {
            client().getObject(
                            request -> request.bucket(bucket).key(key).versionId(version),
                            (response, content) -> copy(response, content, file, most));
        } catch (ApiCallTimeoutException e) { // Which breaks off whatever is being done, writing the file included.
            throw problem(e, settings.timeout());
        } catch (RuntimeException e) {
            throwOurOwn(e);
            throw problem(e, settings.timeout());
        }
    }

    /** What {@link #copy} has thrown lies somewhere below what the SDK makes of it. */
    private static void throwOurOwn(RuntimeException failure) throws ObjectStorageException, IOException {
        for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ObjectStorageException problem) {
                throw problem;
            }
            if (cause instanceof LocalFileException problem) {
                throw problem.failure;
            }
        }
    }

    /** What goes wrong while reading is S3's; this is ours, and no reason to ask S3 again. */
    private static final class LocalFileException extends Exception {
        private static final long serialVersionUID = 1L;

        private final IOException failure;

        LocalFileException(IOException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    private static GetObjectResponse copy(
            GetObjectResponse response, AbortableInputStream content, Path file, long most)
            throws ObjectStorageException, LocalFileException {
        long expected = response.contentLength() == null ? -1 : response.contentLength();
        long copied = 0;
        var buffer = new byte[64 * 1024];
        try (var out = Files.newOutputStream(file)) {
            for (int read = read(content, buffer); read >= 0; read = read(content, buffer)) {
                copied += read;
                if (copied > most || expected > most) {
                    content.abort(); // Nobody reads the rest of it.
                    throw new ObjectStorageException.TooLong(most);
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            throw new LocalFileException(e);
        }
        if (copied < expected) { // The JDK's client takes the end of a connection for the end of the object.
            throw RetryableException.create("S3 broke off after " + copied + " of " + expected + " bytes");
        }
        return response;
    }

    private static int read(InputStream content, byte[] buffer) {
        try {
            return content.read(buffer);
        } catch (IOException e) {
            throw RetryableException.create("S3 broke off: " + e.getMessage(), e);
        }
    }

    /** Writes an object that is a JSON document. Written again, it is the same object. */
    public void put(String bucket, String key, byte[] json) throws ObjectStorageException {
        try {
            client().putObject(
                            request -> request.bucket(bucket)
                                    .key(key)
                                    .contentType("application/json")
                                    .overrideConfiguration(call -> call.apiCallTimeout(WRITING)),
                            RequestBody.fromBytes(json));
        } catch (RuntimeException e) {
            throw problem(e, WRITING);
        }
    }

    private ObjectStorageException problem(RuntimeException failure, Duration timeout) {
        return switch (failure) {
            case S3Exception e
            when e.statusCode() < SERVER_ERROR -> {
                var details = e.awsErrorDetails();
                var code = details == null ? null : details.errorCode();
                var reason = details == null ? null : details.errorMessage();
                yield new ObjectStorageException.Refused(
                        e.statusCode(),
                        code == null ? code(e.statusCode()) : code,
                        reason == null ? "status " + e.statusCode() : reason,
                        e);
            }
            case S3Exception e ->
                new ObjectStorageException.Unavailable("S3 answered with status " + e.statusCode(), e);
            case ApiCallTimeoutException e -> ObjectStorageException.Unavailable.after(timeout, e);
            case SdkClientException e -> new ObjectStorageException.Unavailable(String.valueOf(e.getMessage()), e);
            default -> throw failure;
        };
    }

    /** What S3 calls it where the answer has no body that says so. */
    private static String code(int status) {
        return switch (status) {
            case REDIRECTED -> "PermanentRedirect";
            case FORBIDDEN -> "AccessDenied";
            case NOT_FOUND -> "NoSuchKey";
            default -> "InvalidRequest";
        };
    }

    private synchronized S3Client client() throws ObjectStorageException {
        if (client == null) {
            var endpoint = settings.endpoint().orElseThrow(ObjectStorageException.NotConfigured::new);
            client = S3Client.builder()
                    .endpointOverride(endpoint)
                    .region(Region.of(settings.region()))
                    .forcePathStyle(settings.pathStyle())
                    .credentialsProvider(credentials())
                    .serviceConfiguration(S3Configuration.builder()
                            .chunkedEncodingEnabled(false)
                            .build())
                    .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .httpClientBuilder(UrlConnectionHttpClient.builder()
                            .connectionTimeout(CONNECTING)
                            .socketTimeout(SILENCE))
                    .overrideConfiguration(calls -> calls.apiCallTimeout(settings.timeout()))
                    .build();
        }
        return client;
    }

    private AwsCredentialsProvider credentials() throws ObjectStorageException {
        var file = settings.credentialsFile().orElse(null);
        if (file == null) {
            return DefaultCredentialsProvider.builder().build();
        }
        try {
            return ProfileCredentialsProvider.builder()
                    .profileFile(ProfileFileSupplier.reloadWhenModified(file, ProfileFile.Type.CREDENTIALS))
                    .profileName("default")
                    .build();
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new ObjectStorageException.Unavailable("the credentials in " + file + " cannot be read", e);
        }
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
        }
    }
}
