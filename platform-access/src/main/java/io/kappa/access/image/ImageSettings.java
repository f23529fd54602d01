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
 * @param registries hosts, and ports, of the registries that may be asked; empty where all may
 * @param credentialsFile for registries, as {@code skopeo login} or {@code docker login} writes it
 */
public record ImageSettings(
        Optional<Path> directory,
        Optional<String> ecrRegistry,
        Set<String> plainRegistries,
        Set<String> registries,
        Optional<Path> credentialsFile) {

    public ImageSettings {
        plainRegistries = Set.copyOf(plainRegistries);
        registries = Set.copyOf(registries);
    }

    public static ImageSettings from(Settings settings) {
        return new ImageSettings(
                settings.text("images.directory").map(Path::of),
                settings.text("images.ecr-registry"),
                hosts(settings, "images.plain-registries"),
                hosts(settings, "images.registries"),
                settings.text("images.credentials-file").map(Path::of));
    }

    private static Set<String> hosts(Settings settings, String key) {
        return Arrays.stream(settings.text(key, "").split(","))
                .map(String::strip)
                .filter(host -> !host.isEmpty())
                .collect(Collectors.toSet());
    }

    boolean mayAsk(String registry) {
        return registries.isEmpty() || registries.contains(registry);
    }
}
