package io.bagpipe.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.bagpipe.model.engine.torch.TorchLibrary;
import io.bagpipe.model.nativelib.SharedLibraries;
import io.bagpipe.verticles.config.BagpipeConfig;
import io.bagpipe.verticles.config.ConfigSources;
import io.bagpipe.verticles.config.Role;
import io.bagpipe.verticles.config.TeacherConfig;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The manifests of {@code docker/kubernetes} are valid and say what the service does. */
class KubernetesTest {
  private static final Path DOCKER = Path.of("..", "docker");
  private static final String GPU = "gpu.Dockerfile";
  private static final Path BASE = KubernetesManifests.ROOT.resolve("base");
  private static final Duration AFTER_DRAINING = Duration.ofSeconds(15);

  @TempDir Path folder;

  private List<HasMetadata> objects;
  private List<HasMetadata> workloads;

  @BeforeEach
  void read() throws Exception {
    objects = KubernetesManifests.base();
    workloads =
        objects.stream().filter(object -> KubernetesManifests.template(object) != null).toList();
    assertThat(workloads).hasSize(4);
  }

  @Test
  void everyManifestHasOnlyFieldsThatKubernetesKnows() throws Exception {
    assertThat(KubernetesManifests.files()).hasSizeGreaterThan(7);
    for (Path file : KubernetesManifests.files()) {
      assertThat(KubernetesManifests.parse(Files.readString(file))).as("%s", file).isNotEmpty();
    }
  }

  @Test
  void aMisspeltFieldIsRefused() throws Exception {
    String manifest = Files.readString(BASE.resolve("student.yaml"));
    Map<String, String> misspellings =
        Map.of(
            "readinessProbe", "readynessProbe",
            "volumeClaimTemplates", "volumesClaimTemplates",
            "runAsNonRoot", "runAsNonroot",
            "targetPort", "target-port");
    misspellings.forEach(
        (field, misspelt) ->
            assertThatThrownBy(() -> KubernetesManifests.parse(manifest.replace(field, misspelt)))
                .isInstanceOf(UnrecognizedPropertyException.class)
                .hasMessageContaining(misspelt));
    assertThatThrownBy(
            () -> KubernetesManifests.parse(manifest.replace("replicas: 1", "replicas: one")))
        .hasMessageContaining("one");
  }

  @Test
  void theConfigurationIsOneThatBagpipeReads() throws Exception {
    BagpipeConfig config = config("[student, ops]");
    assertThat(config.http().port()).isEqualTo(8080);
    assertThat(config.http().host()).as("probes come from outside").isEqualTo("0.0.0.0");
    Secret example =
        (Secret)
            KubernetesManifests.parse(Files.readString(BASE.resolve("secret.example.yaml"))).get(0);
    assertThat(config.http().tokenFile())
        .isEqualTo(
            Path.of("/run/secrets/bagpipe", example.getStringData().keySet().iterator().next()));
  }

  @Test
  void everyRoleRunsOnceAndDrainsInTime() throws Exception {
    Set<Role> running = EnumSet.noneOf(Role.class);
    for (HasMetadata workload : workloads) {
      List<String> args = container(workload).getArgs();
      assertThat(args.subList(0, 2)).containsExactly("run", "--roles");
      BagpipeConfig config = config("[" + args.get(2) + "]");
      assertThat(config.roles()).as("probes need it").contains(Role.OPS);
      for (Role role : config.roles()) {
        assertThat(running.add(role) || role == Role.OPS).as("%s once", role).isTrue();
      }
      assertThat(Duration.ofSeconds(pod(workload).getTerminationGracePeriodSeconds()))
          .isGreaterThanOrEqualTo(config.shutdown().deadline().plus(AFTER_DRAINING));
    }
    assertThat(running).containsExactlyInAnyOrder(Role.values());
  }

  @Test
  void probesAndServicesAskThePortThatTheServiceListensOn() throws Exception {
    int port = config("[ops]").http().port();
    for (HasMetadata workload : workloads) {
      Container container = container(workload);
      assertThat(container.getPorts())
          .singleElement()
          .satisfies(
              p -> {
                assertThat(p.getName()).isEqualTo("http");
                assertThat(p.getContainerPort()).isEqualTo(port);
              });
      assertAsks(container.getStartupProbe(), "/health/live");
      assertAsks(container.getLivenessProbe(), "/health/live");
      assertAsks(container.getReadinessProbe(), "/health/ready");
      Service service = service(workload.getMetadata().getName());
      assertThat(labels(workload)).containsAllEntriesOf(service.getSpec().getSelector());
      assertThat(service.getSpec().getPorts().get(0).getTargetPort().getStrVal()).isEqualTo("http");
      if (workload instanceof StatefulSet set) {
        assertThat(set.getSpec().getServiceName()).isEqualTo(service.getMetadata().getName());
      }
    }
  }

  private static void assertAsks(Probe probe, String path) {
    assertThat(probe.getHttpGet().getPath()).isEqualTo(path);
    assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http");
  }

  @Test
  void nothingRunsAsRootOrWritesBesideItsVolumes() throws Exception {
    String dockerfile = Files.readString(Path.of("..", "docker", "Dockerfile"));
    for (HasMetadata workload : workloads) {
      PodSpec pod = pod(workload);
      Container container = container(workload);
      assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
      assertThat(dockerfile)
          .contains(
              "USER %d:%d"
                  .formatted(
                      pod.getSecurityContext().getRunAsUser(),
                      pod.getSecurityContext().getRunAsGroup()));
      assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
      assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
      assertThat(container.getResources().getLimits()).containsKey("memory");
      assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
      List<String> mounts = container.getVolumeMounts().stream().map(VolumeMount::getName).toList();
      assertThat(mounts).containsExactlyInAnyOrderElementsOf(volumes(workload));
    }
  }

  /** Of the pod, and claimed by the set. */
  private static List<String> volumes(HasMetadata workload) {
    List<String> names = new ArrayList<>();
    pod(workload).getVolumes().stream().map(Volume::getName).forEach(names::add);
    if (workload instanceof StatefulSet set) {
      for (PersistentVolumeClaim claim : set.getSpec().getVolumeClaimTemplates()) {
        names.add(claim.getMetadata().getName());
      }
    }
    return names;
  }

  @ParameterizedTest
  @CsvSource({"gpu, bagpipe:gpu, 2", "gpu-nd4j, bagpipe:cuda, 1"})
  void anOverlayGivesGpusToWorkloadsThatThereAre(String folder, String image, int patches)
      throws Exception {
    JsonNode overlay = KubernetesManifests.kustomization(folder);
    Path gpu = KubernetesManifests.ROOT.resolve(folder);
    assertThat(gpu.resolve(overlay.at("/resources/0").asText()).toRealPath())
        .isEqualTo(BASE.toRealPath());
    List<String> files = new ArrayList<>();
    overlay.get("patches").findValuesAsText("path").forEach(files::add);
    assertThat(files).hasSize(patches);
    for (String file : files) {
      HasMetadata patch = KubernetesManifests.parse(Files.readString(gpu.resolve(file))).get(0);
      HasMetadata patched =
          workloads.stream()
              .filter(w -> w.getMetadata().getName().equals(patch.getMetadata().getName()))
              .findFirst()
              .orElseThrow();
      assertThat(patched).isInstanceOf(patch.getClass());
      assertThat(container(patch).getName()).isEqualTo(container(patched).getName());
      assertThat(container(patch).getResources().getLimits()).containsKey("nvidia.com/gpu");
      assertThat(container(patch).getImage()).isEqualTo(image);
      assertThat(Files.readString(DOCKER.resolve(folder.equals("gpu") ? GPU : "Dockerfile")))
          .contains("docker build -f docker/" + (folder.equals("gpu") ? GPU : "Dockerfile"))
          .contains("-t " + image);
    }
  }

  @Test
  void everyStageKnowsWhatTheTeacherOfTheGpuOverlayRunsOn() throws Exception {
    JsonNode forAll = KubernetesManifests.kustomization("gpu").at("/patches/2");
    for (HasMetadata workload : workloads) {
      assertThat(workload.getKind()).matches(forAll.at("/target/kind").asText());
      assertThat(forAll.at("/target/labelSelector").asText())
          .isEqualTo(
              "app.kubernetes.io/name="
                  + workload.getMetadata().getLabels().get("app.kubernetes.io/name"));
      assertThat(container(workload).getEnv()).isNotEmpty();
    }
    Map<String, String> environment = new HashMap<>();
    for (JsonNode operation : new YAMLMapper().readTree(forAll.get("patch").asText())) {
      assertThat(operation.get("op").asText()).isEqualTo("add");
      assertThat(operation.get("path").asText())
          .isEqualTo("/spec/template/spec/containers/0/env/-");
      environment.put(operation.at("/value/name").asText(), operation.at("/value/value").asText());
    }
    Path student = KubernetesManifests.ROOT.resolve("gpu").resolve("student.yaml");
    container(KubernetesManifests.parse(Files.readString(student)).get(0))
        .getEnv()
        .forEach(variable -> environment.put(variable.getName(), variable.getValue()));
    BagpipeConfig config = new ConfigSources(Map.of(), null, environment, List.of()).load();
    assertThat(config.teacher().engine())
        .isEqualTo(new TeacherConfig.Engine("torch", "cuda", "float32"));
    assertThat(config.student().engine().name()).isEqualTo("torch");
    assertThat(config.student().engine().device()).isEqualTo("cuda");
  }

  @Test
  void theGpuImageIsRefusedWithoutALibraryThatLibtorchNeeds() throws Exception {
    String dockerfile = Files.readString(DOCKER.resolve(GPU));
    assertThat(dockerfile)
        .contains("RUN /bin/sh /opt/bagpipe/gpu-libraries.sh")
        .contains("-Pgpu")
        .contains("USER 10001:10001");
    for (String soname : TorchLibrary.CUDA_LIBRARIES) {
      Files.createFile(folder.resolve(soname));
    }
    assertThat(gpuLibraries()).isEmpty();
    // none of a GPU's libraries is where the linker of a machine without one looks
    Files.delete(folder.resolve("libcudnn.so.9"));
    Files.delete(folder.resolve("libnccl.so.2"));
    List<String> missing = SharedLibraries.missing(List.of("libcudnn.so.9", "libnccl.so.2"));
    assertThat(gpuLibraries())
        .isEqualTo(
            missing.isEmpty() ? "" : "gpu-libraries: missing: " + String.join(" ", missing) + "\n");
  }

  private String gpuLibraries() throws Exception {
    ProcessBuilder script =
        new ProcessBuilder("sh", DOCKER.resolve("gpu-libraries.sh").toString())
            .redirectErrorStream(true);
    script.environment().put("LD_LIBRARY_PATH", "/nowhere:" + folder);
    Process process = script.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor() == 0).isEqualTo(said.isEmpty());
    return said;
  }

  private BagpipeConfig config(String roles) throws Exception {
    ConfigMap map = KubernetesManifests.of(ConfigMap.class, objects).get(0);
    Path file = folder.resolve("bagpipe.yaml");
    Files.writeString(file, Objects.requireNonNull(map.getData().get("bagpipe.yaml")));
    return new ConfigSources(Map.of(), file, Map.of(), List.of("roles=" + roles)).load();
  }

  private Service service(String name) {
    return KubernetesManifests.of(Service.class, objects).stream()
        .filter(service -> service.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, String> labels(HasMetadata workload) {
    return KubernetesManifests.template(workload).getMetadata().getLabels();
  }

  private static PodSpec pod(HasMetadata workload) {
    return KubernetesManifests.template(workload).getSpec();
  }

  private static Container container(HasMetadata workload) {
    return pod(workload).getContainers().get(0);
  }
}
