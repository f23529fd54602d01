package io.kappa.access.image;

import io.kappa.kit.settings.Settings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where container images come from; the same for all routers and workers.
 *
 * @param directory of OCI layouts, one for each repository and at its path, which are asked before any registry
 * @param ecrRegistry host, and port, of the registry that has what images of Amazon ECR are named; empty asks ECR itself
 * @param plainRegistries hosts, and ports, of registries that speak HTTP without TLS
 * @param credentialsFile for registries, as {@code skopeo login} or {@code docker login} writes it
 */
public record ImageSettings(
        Optional<Path> directory,
        Optional<String> ecrRegistry,
        Set<String> plainRegistries,
        Optional<Path> credentialsFile) {

    public ImageSettings {
        plainRegistries = Set.copyOf(plainRegistries);
    }

    public static ImageSettings from(Settings settings) {
        return new ImageSettings(
                settings.text("images.directory").map(Path::of),
                settings.text("images.ecr-registry"),
                Arrays.stream(settings.text("images.plain-registries", "").split(","))
                        .map(String::strip)
                        .filter(host -> !host.isEmpty())
                        .collect(Collectors.toSet()),
                settings.text("images.credentials-file").map(Path::of));
    }
}
