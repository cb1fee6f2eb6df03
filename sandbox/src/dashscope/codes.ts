/** How the vendor expresses a code: HTTP status and message. */
export interface Saying {
  status: number;
  message: string;
}

/** The error table of the DashScope document, with its statuses and messages. */
const documentSayings: Readonly<Record<string, Saying>> = {
  InvalidParameter: {
    status: 400,
    message: "Required parameter(s) missing or invalid, please check the request parameters.",
  },
  DataInspectionFailed: { status: 400, message: "Input or output data may contain inappropriate content." },
  "InvalidParameter.DataInspection": {
    status: 400,
    message: "The media format is not supported or incorrect for the data inspection.",
  },
  "BadRequest.EmptyInput": { status: 400, message: "Required input parameter missing from request." },
  "BadRequest.EmptyParameters": { status: 400, message: 'Required parameter "parameters" missing from request.' },
  "BadRequest.EmptyModel": { status: 400, message: 'Required parameter "model" missing from request.' },
  InvalidURL: { status: 400, message: "Invalid URL provided in your request." },
  Arrearage: { status: 400, message: "Access denied, plesase make sure your account is in good standing." },
  UnsupportedOperation: { status: 400, message: "The operation is unsupported on the referee object." },
  InvalidApiKey: { status: 401, message: "Invalid API-key provided." },
  AccessDenied: { status: 403, message: "Access denied." },
  "AccessDenied.Unpurchased": {
    status: 403,
    message: "Access to model denied. Please make sure you are eligible for using the model.",
  },
  RequestTimeOut: { status: 408, message: "Request timed out, please try again later." },
  "BadRequest.TooLarge": { status: 413, message: "Payload Too Large" },
  "BadRequest.InputDownloadFailed": { status: 415, message: "Failed to download the input file: xxx" },
  "BadRequest.UnsupportedFileFormat": { status: 415, message: "Input file format is not supported." },
  Throttling: { status: 429, message: "Requests throttling triggered." },
  "Throttling.RateQuota": { status: 429, message: "Requests rate limit exceeded, please try again later." },
  "Throttling.AllocationQuota": {
    status: 429,
    message: "Allocated quota exceeded, please increase your quota limit.",
  },
  InternalError: {
    status: 500,
    message: "An internal error has occured, please try again later or contact service support.",
  },
  "InternalError.Algo": {
    status: 500,
    message: "An internal error has occured during execution, please try again later or contact service support.",
  },
  SystemError: { status: 500, message: "An system error has occured, please try again later." },
  "InternalError.Timeout": {
    status: 500,
    message:
      "An internal timeout error has occured during execution, please try again later or contact service support.",
  },
  "InternalError.DataInspection": {
    status: 500,
    message: "An internal error has occurred during the data inspection process, please try again later.",
  },
};

/** Additional codes of the newer edition of that table. */
const laterSayings: Readonly<Record<string, Saying>> = {
  "NOT AUTHORIZED": {
    status: 401,
    message: "Access denied: Either you are not authorized to access this workspace, or the workspace does not exist.",
  },
  "Model.AccessDenied": { status: 403, message: "Model access denied." },
  "App.AccessDenied": { status: 403, message: "App access denied." },
  "Workspace.AccessDenied": { status: 403, message: "Workspace access denied." },
  "AllocationQuota.FreeTierOnly": {
    status: 403,
    message:
      'The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, please disable the "use free tier only" mode in the management console.',
  },
  ModelNotFound: { status: 404, message: "Model can not be found." },
  WorkSpaceNotFound: { status: 404, message: "WorkSpace can not be found." },
  NotFound: { status: 404, message: "Not found!" },
  Conflict: { status: 409, message: "Model instance xxx already exists, please specify a suffix." },
  "Throttling.BurstRate": {
    status: 429,
    message:
      "Request rate increased too quickly. To ensure system stability, please adjust your client logic to scale requests more smoothly over time.",
  },
  LimitRequests: { status: 429, message: "You have exceeded your request limit." },
  CommodityNotPurchased: { status: 429, message: "Commodity has not purchased yet." },
  PrepaidBillOverdue: { status: 429, message: "The prepaid bill is overdue." },
  PostpaidBillOverdue: { status: 429, message: "The postpaid bill is overdue." },
  "Audio.DecoderError": { status: 430, message: "Decoder audio file failed." },
  "Audio.FileSizeExceed": { status: 430, message: "File too large" },
  "Audio.AudioRateError": { status: 430, message: "File sample rate unsupported" },
  "Audio.AudioSilentError": { status: 430, message: "Silent file unsupported." },
  "Audio.AudioShortError": { status: 400, message: "valid audio too short!" },
  "Audio.PreprocessError": { status: 400, message: "Audio preprocess error." },
  "Audio.DurationLimitError": { status: 400, message: "Audio duration exceeds maximum allowed limit." },
  "BadRequest.VoiceNotFound": { status: 400, message: "Voice '%s' not found." },
  "BadRequest.ResourceNotExist": { status: 400, message: "The Required resource not exist." },
  "BadRequest.IllegalInput": { status: 400, message: "The input parameter requires json format." },
  "InvalidFile.DownloadFailed": { status: 400, message: "The audio file cannot be downloaded." },
  "InvalidFile.AudioLengthError": { status: 400, message: "Audio length must be between 1s and 300s." },
  "InvalidFile.NoHuman": {
    status: 400,
    message: "The input image has no human body. Please upload other image with single person.",
  },
  "InvalidFile.MultiHuman": {
    status: 400,
    message: "The input image has multi human bodies. Please upload other image with single person.",
  },
  "InvalidFile.BodyProportion": {
    status: 400,
    message:
      "The proportion of the detected person in the picture is too large or too small, please upload other image.",
  },
  "InvalidFile.FacePose": {
    status: 400,
    message:
      "The pose of the detected face is invalid, please upload other image with whole face and expected orientation.",
  },
  "InvalidFile.FullFace": {
    status: 400,
    message: "The pose of the detected face is invalid, please upload other image with whole face.",
  },
  "InvalidFile.FrontBody": {
    status: 400,
    message: "The pose of the detected person is invalid, please upload other image with the front view.",
  },
  "InvalidFile.FullBody": {
    status: 400,
    message: "The human is not fullbody in the first frame of input video. Please choose another clip.",
  },
  "InvalidFile.BodyPose": {
    status: 400,
    message:
      "The pose of the detected person is invalid, please upload other image with whole body and expected orientation.",
  },
  "InvalidFile.FaceNotMatch": {
    status: 400,
    message: "There are no matched face in the video with the provided reference image.",
  },
  "InvalidFile.Content": {
    status: 400,
    message: "The first frame of input video has no human body. Please choose another clip.",
  },
  "InvalidFile.Value": {
    status: 400,
    message: "The value of the image is invalid, please upload other clearer image.",
  },
  "InvalidFile.Resolution": {
    status: 400,
    message:
      "The image resolution is invalid, please make sure that the largest length of image is smaller than xxx, and the smallest length of image is larger than yyy.",
  },
  "InvalidFile.FPS": { status: 400, message: "Invalid video FPS. The video FPS must be 15 ~ 60." },
  "InvalidFile.Size": {
    status: 400,
    message: "Invalid file size. The video/audio/image file size must be less than xxxMB.",
  },
  "InvalidFile.Duration": { status: 400, message: "Invalid file duration. The file duration must be xxx s ~ yyy s." },
  "InvalidFile.ImageSize": { status: 400, message: "The size of image is beyond limit." },
  "InvalidFile.AspectRatio": {
    status: 400,
    message: "Invalid file ratio. The file aspect ratio (height/width) must be between 3:1 and 1:3.",
  },
  "InvalidFile.Openerror": { status: 400, message: "Invalid file, cannot open file as video/audio/image." },
  "InvalidFile.Format": {
    status: 400,
    message:
      "Invalid file format，the request file format is one of the following types: MP4, AVI, MOV, MP3, WAV, AAC, JPEG, JPG, PNG, BMP, and WEBP.",
  },
  "InvalidFile.Template.Content": { status: 400, message: "Invalid template content." },
  InvalidPerson: {
    status: 400,
    message: "The input image has no human body or multi human bodies. Please upload other image with single person.",
  },
  "InvalidImage.ImageSize": { status: 400, message: "The size of image is beyond limit." },
  "InvalidImage.NoHumanFace": { status: 400, message: "No human face detected." },
  "InvalidImage.FileFormat": {
    status: 400,
    message: "Invalid image type. Please ensure the uploaded file is a valid image.",
  },
  InvalidImageResolution: { status: 400, message: "The input image resolution is too large or small." },
  InvalidImageFormat: { status: 400, message: "The input image is in invalid format." },
  InvalidInputLength: {
    status: 400,
    message:
      "The image resolution is invalid, please make sure that the largest length of image is smaller than 4096, and the smallest length of image is larger than 150. and the size of image ranges from 5KB to 5MB.",
  },
  "InvalidURL.ConnectionRefused": { status: 400, message: "Connection to xxx refused, please provide available URL." },
  "InvalidURL.Timeout": { status: 400, message: "Download xxx timeout, please check network connection." },
  IPInfringementSuspect: { status: 400, message: "Input data is suspected of being involved in IP infringement." },
  CustomRoleBlocked: {
    status: 400,
    message: "Input or output data may contain inappropriate content with custom rule.",
  },
  FaqRuleBlocked: { status: 400, message: "Input or output data is blocked by faq rule." },
  ClientDisconnect: { status: 400, message: "Client disconnected before task finished!" },
  "InternalError.FileUpload": { status: 500, message: "oss upload error." },
  "InternalError.Upload": { status: 500, message: "Failed to upload result." },
  ModelServiceFailed: { status: 500, message: "Failed to request model service." },
  ModelServingError: {
    status: 503,
    message:
      "Too many requests. Your requests are being throttled due to system capacity limits. Please try again later.",
  },
  ModelUnavailable: { status: 503, message: "Model is unavailable, please try again later." },
};

/** The corresponding codes of the compatible mode, which have their own envelope. */
const compatibleSayings: Readonly<Record<string, Saying>> = {
  invalid_api_key: { status: 401, message: "Incorrect API key provided." },
  data_inspection_failed: { status: 400, message: "Input data may contain inappropriate content." },
  limit_requests: { status: 429, message: "You exceeded your current requests list." },
  model_not_supported: { status: 404, message: "Unsupported model xxx for OpenAI compatibility mode." },
  limit_burst_rate: {
    status: 429,
    message:
      "Request rate increased too quickly. To ensure system stability, please adjust your client logic to scale requests more smoothly over time.",
  },
  insufficient_quota: {
    status: 429,
    message: "You exceeded your current quota, please check your plan and billing details.",
  },
  access_denied: { status: 403, message: "Access denied." },
  invalid_parameter_error: { status: 400, message: "Parameter is invalid." },
  model_not_found: { status: 404, message: "The model xxx does not exist or you do not have access to it." },
  internal_error: {
    status: 500,
    message: "An internal error has occured, please try again later or contact service support.",
  },
};

const everySaying = { ...documentSayings, ...laterSayings, ...compatibleSayings };

/** The code with two meanings, which only its message tells apart. */
export const freeAllowanceUsed = "Free allocated quota exceeded.";
export const voiceStorageFull: Saying = {
  status: 400,
  message: "Maximum voice storage limit exceeded, please delete existing voices.",
};

/** The vendor's status and message for `code`; `undefined` when no edition of its table has it. */
export function sayingOf(code: string): Saying | undefined {
  return Object.hasOwn(everySaying, code) ? everySaying[code] : undefined;
}

/** A refusal with a code from the table; `detail` changes its message or its status. */
export class DashscopeRefusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, detail: Partial<Saying> = {}) {
    super(detail.message ?? sayingOf(code)?.message ?? "");
    this.code = code;
    this.status = detail.status ?? sayingOf(code)?.status ?? 400;
  }
}

/** The refusal as it is sent; in the compatible mode, and for its codes, in that mode's envelope. */
export function refusalBody(
  { code, message }: DashscopeRefusal,
  requestId: string,
  isCompatible = Object.hasOwn(compatibleSayings, code),
): Record<string, unknown> {
  return isCompatible
    ? { error: { message, type: code, param: null, code }, request_id: requestId }
    : { code, message, request_id: requestId };
}
