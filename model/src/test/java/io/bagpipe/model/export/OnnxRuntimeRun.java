package io.bagpipe.model.export;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/** Runs an exported model in ONNX Runtime. */
final class OnnxRuntimeRun {
  private OnnxRuntimeRun() {}

  record Result(Map<String, float[][]> outputs, Map<String, String> metadata) {}

  static Result run(byte[] model, float[] pixels, int count, int size) throws OrtException {
    Map<String, float[][]> outputs = new HashMap<>();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = environment.createSession(model, options);
        OnnxTensor input =
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(pixels), new long[] {count, 3, size, size});
        OrtSession.Result result = session.run(Map.of(OnnxModel.PIXELS, input))) {
      for (Map.Entry<String, ai.onnxruntime.OnnxValue> output : result) {
        outputs.put(output.getKey(), (float[][]) output.getValue().getValue());
      }
      return new Result(outputs, session.getMetadata().getCustomMetadata());
    }
  }
}
