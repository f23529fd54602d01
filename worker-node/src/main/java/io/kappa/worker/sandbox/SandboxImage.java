package io.kappa.worker.sandbox;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What ran in a sandbox, written down. Sandboxes are made from it in which it runs on, as often as wanted, by the same user as before: who
 * processes belong to is a part of them.
 *
 * @param directory everything of it
 * @param uid the user, which no other sandbox has as long as the image is kept
 * @param output name of the pipe that was printed to
 * @param mounts where in the sandbox something of this machine is seen
 */
public record SandboxImage(Path directory, int uid, String output, List<String> mounts) {
    private static final JsonMapper JSON = new JsonMapper();

    public SandboxImage {
        mounts = List.copyOf(mounts);
    }

    /** What is not to be found out from the files that criu writes. */
    private record Notes(int uid, String output, List<String> mounts) {}

    static SandboxImage read(Path directory) throws IOException {
        var notes = JSON.readValue(Files.readAllBytes(notes(directory)), Notes.class);
        return new SandboxImage(directory, notes.uid(), notes.output(), notes.mounts());
    }

    /** Comes last: what lacks it is not whole. */
    void write() throws IOException {
        Files.write(notes(directory), JSON.writeValueAsBytes(new Notes(uid, output, mounts)));
    }

    private static Path notes(Path directory) {
        return directory.resolve("notes.json");
    }

    static Path processes(Path directory) {
        return directory.resolve("processes");
    }

    /** A copy of {@code /tmp}. */
    static Path tmp(Path directory) {
        return directory.resolve("tmp");
    }

    /** Removes it from this machine, whoever may have been about to use it. */
    public static void remove(Path directory) {
        SandboxDirectory.remove(directory);
    }
}
