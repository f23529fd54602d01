package io.kappa.router.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.testkit.OpenApiDescription;
import io.vertx.core.http.HttpMethod;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OpenApiTest {
    private final OpenApiDescription description = OpenApiDescription.of(WorkerControl.class, "openapi.json");

    @Test
    void theDescriptionIsValidAndSaysExactlyWhatIsMounted() {
        assertThat(description.problems()).isEmpty();
        assertThat(description.operations())
                .isEqualTo(WorkerControl.Route.ALL.stream()
                        .map(route -> OpenApiDescription.operation(HttpMethod.GET, "/v1/workers" + route.path()))
                        .collect(Collectors.toSet()));
    }

    @Test
    void membersThatAreDescribedAreThoseThatAreWritten() {
        assertThat(Map.of(
                        "Workers", WorkerJson.Workers.class,
                        "Worker", WorkerJson.Worker.class,
                        "Environments", WorkerJson.Environments.class))
                .allSatisfy((schema, type) ->
                        assertThat(description.members(schema)).isEqualTo(OpenApiDescription.membersOf(type)));
    }
}
