package io.kappa.router.control;

import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.management.ManagementApi.Answer;
import io.kappa.router.dispatch.WorkerDirectory;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** What operators see of the worker nodes, over HTTP below {@code /v1/workers}: what this router has heard of each, and has running there. */
public final class WorkerControl {
    private static final String ROOT = "/v1/workers";

    private final WorkerDirectory workers;

    private WorkerControl(WorkerDirectory workers) {
        this.workers = workers;
    }

    /** Mounts the API on the process's management port. */
    public static void mount(WorkerDirectory workers, ServiceContext context) {
        var control = new WorkerControl(workers);
        Route.ALL.forEach(route -> context.management()
                .mount(
                        HttpMethod.GET,
                        ROOT + route.path(),
                        _ -> route.endpoint().answer(control)));
    }

    /** @param path below the root */
    record Route(String path, Endpoint endpoint) {
        /** Of an instance. */
        interface Endpoint {
            Answer answer(WorkerControl control) throws IOException;
        }

        static final List<Route> ALL =
                List.of(new Route("/openapi.json", _ -> description()), new Route("", WorkerControl::list));
    }

    private static Answer description() throws IOException {
        try (var resource = WorkerControl.class.getResourceAsStream("openapi.json")) {
            return Answer.bytes(
                    "application/json",
                    Objects.requireNonNull(resource, "openapi.json").readAllBytes());
        }
    }

    private Answer list() {
        return Answer.ok(WorkerJson.Workers.of(workers.workers()));
    }
}
