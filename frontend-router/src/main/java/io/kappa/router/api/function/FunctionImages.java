package io.kappa.router.api.function;

import io.kappa.access.image.ContainerImages;
import io.kappa.access.image.ImageException;
import io.kappa.contracts.registry.ContainerImage;
import io.kappa.contracts.worker.Ability;
import io.kappa.router.dispatch.WorkerDirectory;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the container image that a function asks for, or says in Lambda's words why it cannot have it. */
final class FunctionImages {
    private static final Logger LOG = LoggerFactory.getLogger(FunctionImages.class);

    private final ContainerImages images;
    private final WorkerDirectory workers;

    FunctionImages(ContainerImages images, WorkerDirectory workers) {
        this.images = images;
        this.workers = workers;
    }

    /** What the name stands for now, which may take a registry's time to find out. */
    ContainerImage resolved(String uri, List<String> architectures) {
        var needed = new Ability.Images(architectures.getFirst());
        // Without any worker nobody can tell; the function will wait for one.
        if (!workers.isEmpty() && !workers.have(needed)) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "PackageType Image cannot be used: no worker node can run " + needed + ".");
        }
        try {
            return images.resolve(uri, needed.architecture());
        } catch (ImageException e) {
            LOG.atInfo()
                    .addKeyValue("image", uri)
                    .addKeyValue("problem", e.problem())
                    .setCause(e)
                    .log("an image cannot be a function's");
            throw refusal(e, uri, needed.architecture());
        }
    }

    private static LambdaApiException refusal(ImageException e, String uri, String architecture) {
        return switch (e.problem()) {
            case MISNAMED -> invalid("Source image " + uri + " is not valid. Provide a valid source image.");
            case MISSING -> invalid("Source image " + uri + " does not exist. Provide a valid source image.");
            case ACCESS_DENIED ->
                new LambdaApiException(
                        ErrorCode.ACCESS_DENIED,
                        "Lambda does not have permission to access the ECR image. Check the ECR permissions.");
            case UNSUPPORTED ->
                invalid("The image manifest, config or layer media type for the source image " + uri
                        + " is not supported.");
            case OTHER_ARCHITECTURE ->
                invalid("Source image " + uri + " is not for the architecture of the function, which is " + architecture
                        + ".");
            case TOO_LARGE -> invalid("Source image " + uri + " is larger than 10 GB or has more than 127 layers.");
            case UNREACHABLE ->
                new LambdaApiException(
                        ErrorCode.SERVICE_UNAVAILABLE,
                        "Source image " + uri + " could not be looked for: its registry did not answer as it should.");
        };
    }

    private static LambdaApiException invalid(String message) {
        return new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }
}
