package io.kappa.worker.code;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A container image on this machine's disk.
 *
 * @param root its files
 * @param entryPoint empty where the image names none
 * @param command empty where the image names none
 * @param workingDirectory empty where the image names none
 */
public record UnpackedImage(
        Path root,
        List<String> entryPoint,
        List<String> command,
        Map<String, String> environment,
        String workingDirectory) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_LINKS = 40; // As Linux has it.

    public UnpackedImage {
        entryPoint = List.copyOf(entryPoint);
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    static Path root(Path directory) {
        return directory.resolve("rootfs");
    }

    static Path configuration(Path directory) {
        return directory.resolve("image.json");
    }

    /** @param directory that {@link ImageUnpacker} has filled */
    public static UnpackedImage read(Path directory) throws IOException {
        var config = JSON.readTree(configuration(directory).toFile()).path("config");
        var environment = new LinkedHashMap<String, String>();
        for (var variable : texts(config.path("Env"))) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                environment.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return new UnpackedImage(
                root(directory),
                texts(config.path("Entrypoint")),
                texts(config.path("Cmd")),
                environment,
                config.path("WorkingDir").asText(""));
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** What is at a path of the image, with links followed as they lead inside of it; empty where there is nothing. */
    public Optional<Path> find(String path) {
        var left = new ArrayDeque<String>();
        push(left, path);
        var found = root;
        int links = 0;
        while (!left.isEmpty()) {
            var part = left.pop();
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            if (part.equals("..")) {
                found = found.equals(root) ? root : Objects.requireNonNullElse(found.getParent(), root);
                continue;
            }
            var next = found.resolve(part);
            if (Files.isSymbolicLink(next)) {
                var target = target(next);
                if (target.isEmpty() || ++links > MOST_LINKS) {
                    return Optional.empty();
                }
                if (target.startsWith("/")) {
                    found = root;
                }
                push(left, target);
            } else if (Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
                found = next;
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(found);
    }

    private static void push(ArrayDeque<String> left, String path) {
        List.of(path.split("/")).reversed().forEach(left::push);
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
