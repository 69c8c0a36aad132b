import { OnnxRefusal } from './onnx-refusal.ts';

/** The versions of ONNX's operators that are read: 7 is of 2018, 27 comes with ONNX 1.22. */
const oldest = 7;
const newest = 27;

/** @throws OnnxRefusal when a file is written in operators that are not read. */
export function checkedOpset(version: number | undefined): number {
  if (version === undefined) throw new OnnxRefusal('the file does not say which opset it is written in');
  if (version >= oldest && version <= newest) return version;
  throw new OnnxRefusal(
    `the model is written in opset ${version}, but opsets ${oldest} to ${newest} are read`,
  );
}
