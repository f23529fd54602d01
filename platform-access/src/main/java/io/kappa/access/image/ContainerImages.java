package io.kappa.access.image;

import io.kappa.access.image.ImageException.Problem;
import io.kappa.contracts.registry.ContainerImage;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds container images: in the operator's directory where it has the repository, whatever registry a name says, and in that registry
 * otherwise. Everything waits.
 */
public final class ContainerImages {
    /** Of what {@link #copy} makes. */
    public static final String TAG = "image";

    private final ImageSettings settings;
    private final Registry registry;

    public ContainerImages(ImageSettings settings) {
        this.settings = settings;
        this.registry = new Registry(settings);
    }

    /**
     * What a name stands for now. Where that is a list for several architectures, the one for that architecture.
     *
     * @param architecture as functions name it
     * @throws ImageException where there is nothing that could be run
     */
    public ContainerImage resolve(String name, String architecture) throws ImageException {
        var image = ImageReference.parse(name)
                .orElseThrow(() -> new ImageException(Problem.MISNAMED, name + " is no name of an image"));
        var store = store(image);
        var manifest = verified(store, source(image));
        if (ImageManifest.read(manifest).isList()) {
            manifest = verified(
                    store, source(image).at(ImageManifest.read(manifest).digestFor(architecture)));
        }
        var read = ImageManifest.read(manifest);
        read.check();
        var pinned = image.at(Digests.of(manifest));
        var configuration = store.configuration(source(pinned), read.configurationDigest());
        requireDigest(read.configurationDigest(), configuration);
        ImageManifest.read(configuration).checkPlatform(architecture);
        return new ContainerImage(name, pinned.toString());
    }

    private static byte[] verified(ImageStore store, ImageReference image) throws ImageException {
        var content = store.manifest(image);
        if (image.digest() != null) {
            requireDigest(image.digest(), content);
        }
        return content;
    }

    private static void requireDigest(String digest, byte[] content) throws ImageException {
        if (!Digests.of(content).equals(digest)) {
            throw new ImageException(Problem.UNREACHABLE, "what was got as " + digest + " is something else");
        }
    }

    /**
     * Makes an OCI layout that holds the image alone, as {@link #TAG}. What its blobs hold is for whoever reads them to compare with their
     * digests.
     *
     * @param layout directory to be made
     */
    public void copy(ContainerImage image, Path layout) throws ImageException {
        var pinned = ImageReference.parse(image.resolvedImageUri())
                .orElseThrow(() -> new ImageException(Problem.MISNAMED, image.resolvedImageUri()));
        var store = store(pinned);
        if (store instanceof LayoutDirectory) {
            var _ = verified(store, pinned);
        }
        store.copy(source(pinned), layout, TAG);
    }

    private ImageStore store(ImageReference image) throws ImageException {
        Optional<ImageStore> inDirectory = settings.directory()
                .flatMap(root -> LayoutDirectory.find(root, image.repository()))
                .map(found -> found);
        if (inDirectory.isPresent()) {
            return inDirectory.get();
        }
        var host = source(image).host();
        if (host == null) {
            throw new ImageException(Problem.MISSING, image + " names no registry");
        }
        if (!settings.mayAsk(host)) {
            throw new ImageException(Problem.ACCESS_DENIED, "the registry " + host + " may not be asked");
        }
        return registry;
    }

    /** Where it is looked for. */
    private ImageReference source(ImageReference image) {
        return settings.ecrRegistry()
                .filter(_ -> image.isOfEcr())
                .map(image::in)
                .orElse(image);
    }
}
