package io.kappa.router.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.kit.management.ManagementApi;
import io.kappa.router.dispatch.WorkerDirectory.KnownWorker;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WorkerJsonTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final String FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:";

    @Test
    void tellsWhatEachWorkerHasByNameAndFunction() throws Exception {
        var workers = WorkerJson.Workers.of(List.of(
                known("b"), known("a", environments("g:1", "no memory left"), environments("f:$LATEST", null))));
        assertThat(ManagementApi.JSON.valueToTree(workers).toString())
                .isEqualTo(ManagementApi.JSON.readTree("""
                                {"workers": [
                                  {"name": "a", "host": "10.0.0.7", "port": 7000, "sandbox": "oci",
                                   "runtimes": ["python3.12", "python3.13"], "memoryMegabytes": 4096,
                                   "usedMegabytes": 512, "draining": true, "present": true,
                                   "heard": "2026-11-20T12:00:00Z", "runningHere": 2, "environments": [
                                     {"function": "%1$sf:$LATEST", "generation": 8, "living": 3, "provisioned": 2},
                                     {"function": "%1$sg:1", "generation": 8, "living": 3, "provisioned": 2,
                                      "problem": "no memory left"}]},
                                  {"name": "b", "host": "10.0.0.7", "port": 7000, "sandbox": "oci",
                                   "runtimes": ["python3.12", "python3.13"], "memoryMegabytes": 4096,
                                   "usedMegabytes": 512, "draining": true, "present": true,
                                   "heard": "2026-11-20T12:00:00Z", "runningHere": 2, "environments": []}]}
                                """.formatted(FUNCTION)).toString());
    }

    private static WorkerStatus.Environments environments(String function, @Nullable String problem) {
        return new WorkerStatus.Environments(VersionArn.parse(FUNCTION + function), 8, 3, 2, problem);
    }

    private static KnownWorker known(String name, WorkerStatus.Environments... environments) {
        var runtimes = Set.of(RuntimeIdentifier.PYTHON3_13, RuntimeIdentifier.PYTHON3_12);
        var status =
                new WorkerStatus(1, name, "10.0.0.7", 7000, 4096, 512, runtimes, "oci", true, List.of(environments));
        return new KnownWorker(status, NOON, true, 2);
    }
}
