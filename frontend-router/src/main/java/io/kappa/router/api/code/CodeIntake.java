package io.kappa.router.api.code;

import io.kappa.access.object.ObjectStorage;
import io.kappa.access.object.ObjectStorageException;
import io.kappa.router.api.function.DeploymentPackage;
import io.kappa.router.api.shape.Input;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.PackageBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in packages: those that stand in a request, and those that a request names in S3, which are brought to a file first, since they may
 * be larger than this process has memory for. Blocks.
 */
public final class CodeIntake {
    private static final Logger LOG = LoggerFactory.getLogger(CodeIntake.class);
    private static final String PREFIX = "package-";
    private static final int FORBIDDEN = 403;

    /** Files at a time, each of 250 MB at most. Others wait a while, and are then throttled. */
    private static final int FILES_AT_A_TIME = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ObjectStorage objects;
    private final Path directory;
    private final Semaphore room = new Semaphore(FILES_AT_A_TIME);

    /** @param directory of this process alone; what an earlier process has left there is deleted */
    public CodeIntake(ObjectStorage objects, Path directory) {
        this.objects = objects;
        this.directory = directory;
        clear(directory);
    }

    private static void clear(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (var left = Files.newDirectoryStream(directory, PREFIX + "*")) {
            for (var file : left) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The package that a request has or names, once it is known to be one.
     *
     * @param code the structure that has {@code ZipFile} or {@code S3Bucket} and the like in it
     * @param none what is answered where it has neither
     */
    public TakenPackage take(Input code, String none) throws IOException, InterruptedException {
        return switch (CodeSource.in(code, none)) {
            case CodeSource.Inline(var zip) -> {
                long unzipped = DeploymentPackage.check(zip);
                yield new TakenPackage(PackageBytes.of(zip), unzipped, () -> {});
            }
            case CodeSource.InBucket object -> fetched(object);
        };
    }

    private TakenPackage fetched(CodeSource.InBucket object) throws IOException, InterruptedException {
        var file = place();
        boolean taken = false;
        try {
            objects.download(object.bucket(), object.key(), object.version(), file, DeploymentPackage.LARGEST_UNZIPPED);
            var bytes = PackageBytes.of(file);
            long unzipped = DeploymentPackage.check(bytes);
            taken = true;
            return new TakenPackage(bytes, unzipped, () -> giveUp(file));
        } catch (ObjectStorageException e) {
            throw refusal(object, e);
        } finally {
            if (!taken) {
                giveUp(file);
            }
        }
    }

    /** A new file, within the bound. */
    private Path place() throws IOException, InterruptedException {
        if (!room.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw LambdaApiException.throttled("CallerRateLimitExceeded");
        }
        try {
            return Files.createTempFile(Files.createDirectories(directory), PREFIX, ".zip");
        } catch (IOException e) {
            room.release();
            throw e;
        }
    }

    private void giveUp(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("a package that was fetched from S3 stays on disk until the next start");
        } finally {
            room.release();
        }
    }

    private static LambdaApiException refusal(CodeSource.InBucket object, ObjectStorageException problem) {
        return switch (problem) {
            case ObjectStorageException.NotConfigured _ ->
                new LambdaApiException(
                        ErrorCode.INVALID_PARAMETER_VALUE,
                        "Code cannot be taken from Amazon S3: " + problem.getMessage());
            case ObjectStorageException.Refused refused
            when refused.status() == FORBIDDEN ->
                new LambdaApiException(
                        ErrorCode.ACCESS_DENIED,
                        "Your access has been denied by S3, please make sure your request credentials have permission to GetObject for "
                                + object.bucket() + "/" + object.key() + ". " + told(refused));
            case ObjectStorageException.Refused refused ->
                new LambdaApiException(
                        ErrorCode.INVALID_PARAMETER_VALUE, "Error occurred while GetObject. " + told(refused));
            case ObjectStorageException.TooLong _ -> DeploymentPackage.tooLarge();
            case ObjectStorageException.Unavailable _ -> {
                LOG.atWarn()
                        .addKeyValue("bucket", object.bucket())
                        .setCause(problem)
                        .log("code could not be fetched from S3");
                yield new LambdaApiException(
                        ErrorCode.SERVICE_UNAVAILABLE, "Code cannot be taken from Amazon S3: " + problem.getMessage());
            }
        };
    }

    private static String told(ObjectStorageException.Refused refused) {
        return "S3 Error Code: " + refused.code() + ". S3 Error Message: " + refused.reason();
    }
}
