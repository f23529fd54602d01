package io.kappa.worker.environment;

import io.kappa.contracts.function.ImageConfiguration;
import io.kappa.worker.code.UnpackedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a container image is started: as it says itself, but for what the function's configuration says in its place. An entry point and a
 * command replace the image's independently of each other.
 *
 * @param environment what the image says of it
 * @param failure why it cannot be started; null where it seems that it can
 */
record ImageStart(
        List<String> command,
        String workingDirectory,
        Map<String, String> environment,
        @Nullable RuntimeFailure failure) {
    /** What those who build images take for granted. */
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    static ImageStart of(UnpackedImage image, @Nullable ImageConfiguration configuration, Map<String, String> own) {
        var set = configuration == null ? ImageConfiguration.NONE : configuration;
        var command = new ArrayList<>(set.entryPoint().isEmpty() ? image.entryPoint() : set.entryPoint());
        command.addAll(set.command().isEmpty() ? image.command() : set.command());
        var named = Objects.requireNonNullElse(set.workingDirectory(), image.workingDirectory());
        var directory = named.isEmpty() ? "/" : named;
        var environment = new HashMap<>(image.environment());
        environment.putIfAbsent("PATH", PATH);
        environment.put("PWD", directory);
        var path = own.getOrDefault("PATH", environment.get("PATH"));
        var failure = failure(image, command, directory, path);
        return new ImageStart(command, failure == null ? directory : "/", environment, failure);
    }

    private static @Nullable RuntimeFailure failure(
            UnpackedImage image, List<String> command, String directory, String path) {
        if (!directory.startsWith("/")) {
            return new RuntimeFailure.InvalidWorkingDirectory(
                    "the working directory '" + directory + "' is invalid, it needs to be an absolute path");
        }
        // Sandboxes mount something at this one.
        if (!directory.equals("/tmp")
                && image.find(directory).filter(Files::isDirectory).isEmpty()) {
            return new RuntimeFailure.InvalidWorkingDirectory("the working directory doesn't exist: " + directory);
        }
        if (command.isEmpty()) {
            return new RuntimeFailure.NoEntrypoint("Couldn't find valid bootstrap(s): []");
        }
        var program = command.getFirst();
        if (!program.contains("/")) {
            return Stream.of(path.split(":")).anyMatch(at -> isExecutable(image, at + "/" + program))
                    ? null
                    : new RuntimeFailure.NoEntrypoint("exec: \"" + program + "\": executable file not found in $PATH");
        }
        var at = program.startsWith("/") ? program : directory + "/" + program;
        if (image.find(at).isEmpty()) {
            return new RuntimeFailure.NoEntrypoint("fork/exec " + program + ": no such file or directory");
        }
        return isExecutable(image, at)
                ? null
                : new RuntimeFailure.NoEntrypoint("fork/exec " + program + ": permission denied");
    }

    /** For everybody, as the user of a sandbox owns nothing in the image. */
    private static boolean isExecutable(UnpackedImage image, String path) {
        return image.find(path).filter(ImageStart::isExecutable).isPresent();
    }

    private static boolean isExecutable(Path file) {
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)
                            .contains(PosixFilePermission.OTHERS_EXECUTE);
        } catch (IOException e) {
            return false;
        }
    }
}
