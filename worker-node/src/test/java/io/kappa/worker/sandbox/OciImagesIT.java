package io.kappa.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.worker.sandbox.Sandbox.Exit;
import io.kappa.worker.sandbox.SandboxSpec.Snapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OciImagesIT {
    /** Draws something, leaves a file, and waits until it is restored. */
    private static final String PROGRAM = """
            drawn=$(cat /proc/sys/kernel/random/uuid); echo left > /tmp/file; echo "drew $drawn"
            until [ -e %1$s ]; do sleep 0.01; done
            echo "has $drawn $(cat /tmp/file) $(tr '\\0' ' ' < %1$s)"; touch /x 2>/dev/null && echo writable
            echo more >> /tmp/file
            """.formatted(Sandbox.RESTORED);

    @TempDir
    Path directory;

    private final List<Sandbox> made = new ArrayList<>();
    private @Nullable Sandboxes opened;

    @BeforeEach
    void open() {
        var settings = new SandboxSettings(
                SandboxSettings.Kind.OCI, Optional.empty(), "kappa-test", 930_000, true, SnapshotsHere.CRIU);
        try {
            opened = Sandboxes.open(settings, directory.resolve("sandboxes"));
        } catch (IOException e) {
            Assumptions.abort("containers do not run here: " + e.getMessage());
        }
        Assumptions.assumeTrue(sandboxes().images().isPresent(), SnapshotsHere.NONE);
    }

    private Sandboxes sandboxes() {
        return Objects.requireNonNull(opened);
    }

    private Sandboxes.Images images() {
        return sandboxes().images().orElseThrow();
    }

    @AfterEach
    void close() {
        made.forEach(Sandbox::close);
        if (opened != null) {
            opened.close();
        }
    }

    private Sandbox sandbox(Snapshots snapshots) throws IOException {
        var code = Files.createDirectories(directory.resolve("code"));
        var runtimes = Files.createDirectories(directory.resolve("runtimes"));
        var id = UUID.randomUUID().toString().replace("-", "");
        var sandbox = sandboxes().create(new SandboxSpec(id, code, null, runtimes, List.of(), 128, 512, snapshots));
        made.add(sandbox);
        return sandbox;
    }

    private SandboxImage image(String program, String until, Printed printed) throws Exception {
        var sandbox = sandbox(new Snapshots.Taken());
        var _ = sandbox.start(List.of("/bin/sh", "-c", program), Map.of("A", "1"), printed);
        printed.await(until);
        var image = sandbox.checkpoint(directory.resolve("image-" + made.size()));
        sandbox.close();
        return image;
    }

    private static Exit await(CompletionStage<Exit> exit) throws Exception {
        return exit.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void runsOnInEverySandboxThatIsMadeFromTheImage() throws Exception {
        // given
        var before = new Printed();
        var image = image(PROGRAM + "exit 7", "drew", before);
        var drawn = before.text().substring("drew ".length()).strip();

        for (var address : List.of("one", "two")) {
            // when
            var printed = new Printed();
            var sandbox = sandbox(new Snapshots.Restored(image));
            var exit = await(sandbox.restore(Map.of("ADDRESS", address), printed));

            // then
            assertThat(printed.text()).isEqualTo("has " + drawn + " left ADDRESS=" + address + " \n");
            assertThat(exit).isEqualTo(new Exit(7, 0, false));
        }
    }

    @Test
    void limitsFreezesAndEndsWhatIsRestoredLikeAnythingElse() throws Exception {
        var image = image(PROGRAM + "x=$(head -c 300000000 /dev/zero | tr '\\0' x); echo ${#x}", "drew", new Printed());
        var sandbox = sandbox(new Snapshots.Restored(image));

        assertThat(await(sandbox.restore(Map.of(), new Printed()))).isEqualTo(new Exit(0, 9, true));

        var lives = image(PROGRAM + "trap 'exit 5' TERM; while :; do sleep 0.01; done", "drew", new Printed());
        var living = sandbox(new Snapshots.Restored(lives));
        var printed = new Printed();
        var exit = living.restore(Map.of(), printed);
        printed.await("has");
        living.freeze();
        living.thaw();
        living.kill();
        assertThat(await(exit)).isEqualTo(new Exit(0, 9, false));
    }

    @Test
    void restoresAgainInTheSameSandboxAndAfterThisPlatformHasRestarted() throws Exception {
        var image = image(PROGRAM, "drew", new Printed());
        var sandbox = sandbox(new Snapshots.Restored(image));
        await(sandbox.restore(Map.of(), new Printed()));
        var printed = new Printed();
        assertThat(await(sandbox.restore(Map.of(), printed))).isEqualTo(new Exit(0, 0, false));
        assertThat(printed.text()).contains("left\nmore");

        close();
        made.clear();
        open();
        var adopted = images().adopt(image.directory());
        assertThat(adopted).isEqualTo(image);
        assertThat(await(sandbox(new Snapshots.Restored(adopted)).restore(Map.of(), new Printed())))
                .isEqualTo(new Exit(0, 0, false));
        images().remove(adopted);
        assertThat(image.directory()).doesNotExist();
    }

    @Test
    void startsInTheOrdinaryWayWhereAnImageCannotBeRestored() throws Exception {
        var image = image(PROGRAM, "drew", new Printed());
        Files.delete(SandboxImage.processes(image.directory()).resolve("inventory.img"));
        var sandbox = sandbox(new Snapshots.Restored(image));

        assertThatThrownBy(() -> sandbox.restore(Map.of(), new Printed())).isInstanceOf(IOException.class);

        var printed = new Printed();
        assertThat(await(sandbox.start(List.of("/bin/sh", "-c", "id -u"), Map.of(), printed)))
                .isEqualTo(new Exit(0, 0, false));
        assertThat(printed.text()).isEqualTo(image.uid() + "\n");
    }

    @Test
    void givesTheUserOfAnImageToNobodyElse() throws Exception {
        var image = image(
                "echo ready; until [ -e %s ]; do sleep 0.01; done".formatted(Sandbox.RESTORED), "ready", new Printed());
        var printed = new Printed();

        await(sandbox(new Snapshots.None()).start(List.of("/bin/sh", "-c", "id -u"), Map.of(), printed));

        assertThat(printed.text().strip()).isNotEqualTo(Integer.toString(image.uid()));
    }
}
