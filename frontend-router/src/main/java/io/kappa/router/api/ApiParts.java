package io.kappa.router.api;

import io.kappa.access.encryption.VariablesCipher;
import io.kappa.access.image.ContainerImages;
import io.kappa.access.object.ObjectStorage;
import io.kappa.router.admission.Admission;
import io.kappa.router.api.code.CodeIntake;
import io.kappa.router.autoscaling.use.RunningVersions;
import io.kappa.router.dispatch.Dispatcher;
import io.kappa.router.dispatch.WorkerDirectory;
import io.kappa.router.logs.api.LogsApi;
import io.kappa.router.provisioning.ProvisionedConcurrency;
import io.kappa.router.queue.EventQueue;
import io.kappa.router.registry.Registry;
import io.kappa.router.source.SourceTopics;

/** What the API answers with: the parts of the router behind it. */
public record ApiParts(
        Registry registry,
        WorkerDirectory workers,
        ProvisionedConcurrency provisioned,
        RunningVersions running,
        Admission admission,
        Dispatcher dispatcher,
        EventQueue events,
        SourceTopics sources,
        VariablesCipher variables,
        ObjectStorage objects,
        CodeIntake intake,
        LogsApi logs,
        ContainerImages images) {}
