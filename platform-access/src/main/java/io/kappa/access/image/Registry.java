package io.kappa.access.image;

import io.kappa.access.image.ImageException.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A registry that speaks the API of the OCI distribution specification, by way of {@code skopeo}. */
final class Registry implements ImageStore {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(30);
    private static final Duration COPIES_WITHIN = Duration.ofMinutes(15);

    private final ImageSettings settings;

    Registry(ImageSettings settings) {
        this.settings = settings;
    }

    @Override
    public byte[] manifest(ImageReference image) throws ImageException {
        return skopeo(image, ANSWERS_WITHIN, "inspect", "--raw", "--tls-verify=" + hasTls(image), name(image));
    }

    @Override
    public byte[] configuration(ImageReference manifest, String digest) throws ImageException {
        return skopeo(
                manifest,
                ANSWERS_WITHIN,
                "inspect",
                "--config",
                "--raw",
                "--tls-verify=" + hasTls(manifest),
                name(manifest));
    }

    @Override
    public void copy(ImageReference manifest, Path layout, String tag) throws ImageException {
        var _ = skopeo(
                manifest,
                COPIES_WITHIN,
                "copy",
                "--quiet",
                "--src-tls-verify=" + hasTls(manifest),
                name(manifest),
                "oci:" + layout + ":" + tag);
    }

    /** One on this machine may do without, as Docker has it. */
    private boolean hasTls(ImageReference image) {
        var host = String.valueOf(image.host());
        return !settings.plainRegistries().contains(host)
                && !host.matches("(?:localhost|127\\.[0-9]+\\.[0-9]+\\.[0-9]+)(?::[0-9]+)?");
    }

    private static String name(ImageReference image) {
        return "docker://" + image;
    }

    private byte[] skopeo(ImageReference image, Duration limit, String... arguments) throws ImageException {
        var command = new ArrayList<>(List.of("skopeo"));
        command.addAll(List.of(arguments));
        settings.credentialsFile().ifPresent(file -> command.addAll(2, List.of("--authfile", file.toString())));
        try {
            return Tool.run(command, MOST_BYTES, limit);
        } catch (Tool.Failure failure) {
            LOG.atWarn().addKeyValue("image", image).setCause(failure).log("a registry did not give an image");
            throw new ImageException(problem(failure.said()), image + " could not be had from its registry", failure);
        }
    }

    /** By what registries answer where there is no such thing, or not for everybody. */
    private static Problem problem(String complaint) {
        var said = complaint.toLowerCase(Locale.ROOT);
        if (Stream.of("manifest unknown", "name unknown", "not found", "not known to registry")
                        .anyMatch(said::contains)
                && !said.contains("executable file not found")) { // A helper for credentials may be.
            return Problem.MISSING;
        }
        return Stream.of("unauthorized", "denied", "authentication required", "forbidden")
                        .anyMatch(said::contains)
                ? Problem.ACCESS_DENIED
                : Problem.UNREACHABLE;
    }
}
