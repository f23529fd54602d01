package io.kappa.deadletters.api;

import io.kappa.kit.management.ManagementApi.Endpoint;
import io.vertx.core.http.HttpMethod;

/** One thing that can be asked. */
record Route(HttpMethod method, String path, Endpoint endpoint) {}
