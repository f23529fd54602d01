package io.kappa.router;

import io.kappa.access.encryption.EncryptionSettings;
import io.kappa.access.image.ImageSettings;
import io.kappa.access.object.ObjectStorageSettings;
import io.kappa.kit.settings.Settings;
import io.kappa.router.admission.AdmissionSettings;
import io.kappa.router.api.ApiSettings;
import io.kappa.router.dispatch.DispatchSettings;
import io.kappa.router.logs.LogsSettings;
import io.kappa.router.queue.EventQueueSettings;
import io.kappa.router.registry.AccountQuotas;
import io.kappa.router.usage.Prices;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;

/**
 * One frontend router.
 *
 * @param id names this router among all, and again when it comes back
 * @param stateDirectory where this process, and no other, keeps its part of the registry; lost without harm, and best kept
 */
public record FrontendRouterSettings(
        String id,
        Path stateDirectory,
        ApiSettings api,
        AccountQuotas account,
        AdmissionSettings admission,
        DispatchSettings dispatch,
        EventQueueSettings queue,
        EncryptionSettings encryption,
        ObjectStorageSettings objects,
        ImageSettings images,
        LogsSettings logs,
        Prices prices) {

    public static FrontendRouterSettings from(Settings settings) {
        var api = ApiSettings.from(settings);
        return new FrontendRouterSettings(
                settings.text("router.id", hostName() + "-" + api.port()),
                Path.of(settings.text("router.state-directory", "data/router")),
                api,
                AccountQuotas.from(settings),
                AdmissionSettings.from(settings),
                DispatchSettings.from(settings),
                EventQueueSettings.from(settings),
                EncryptionSettings.from(settings),
                ObjectStorageSettings.from(settings),
                ImageSettings.from(settings),
                LogsSettings.from(settings),
                Prices.from(settings));
    }

    /** The same for a router that is the only one and in one process with all workers. */
    public FrontendRouterSettings whereAlone() {
        return new FrontendRouterSettings(
                id,
                stateDirectory,
                api,
                account,
                admission.whereAlone(),
                dispatch,
                queue,
                encryption,
                objects,
                images,
                logs,
                prices);
    }

    /** Where the Lambda API listens. */
    public String host() {
        return api.host();
    }

    /** Port of the Lambda API; 0 for any that is free. */
    public int port() {
        return api.port();
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "router";
        }
    }
}
