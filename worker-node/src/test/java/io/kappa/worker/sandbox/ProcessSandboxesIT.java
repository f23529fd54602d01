package io.kappa.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.worker.sandbox.Sandbox.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProcessSandboxesIT extends SandboxContract {

    @Override
    Sandboxes open(Path directory) throws IOException {
        return new ProcessSandboxes(SandboxDirectory.open(directory));
    }

    @Test
    void leavesAProcessAloneThatOnlyHasTheNumberOfAnEarlierOne() throws Exception {
        var printed = new Printed();
        var sandbox = sandbox();
        var exit = sh(sandbox, printed, "trap 'exit 4' TERM; echo ready; while :; do sleep 0.01; done");
        printed.await("ready");
        var abandoned = abandonedCopy();
        try (var environments = Files.list(abandoned.resolve("environments"))) {
            var file = environments.findFirst().orElseThrow().resolve("process");
            Files.writeString(file, Files.readString(file).replaceAll(" .*", " 1"));
        }

        open(abandoned).close();

        sandbox.terminate();
        assertThat(await(exit)).isEqualTo(new Exit(4, 0, false));
    }

    /** The directory as it would be found had this process been killed. */
    private Path abandonedCopy() throws IOException {
        var copy = directory.resolve("abandoned");
        var from = directory.resolve("sandboxes");
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                Files.copy(file, copy.resolve(from.relativize(file).toString()));
            }
        }
        return copy;
    }

    @Test
    void refusesADirectoryThatIsInUse() {
        assertThatThrownBy(() -> open(directory.resolve("sandboxes")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another worker uses");
    }

    @Test
    void saysThatACommandCannotBeRunBecauseItIsNotExecutable() throws Exception {
        var sandbox = sandbox();
        assertThatThrownBy(() -> sandbox.start(
                        java.util.List.of(code.resolve("greeting.txt").toString()),
                        environment(sandbox),
                        new Printed()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Permission denied");
    }

    @Override
    String writable() {
        return "writable\n";
    }
}
