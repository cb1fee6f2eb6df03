import { render } from "preact";
import "./styles/base.css";
import "./styles/upload.css";
import { locale } from "./locale.ts";
import { UploadPage } from "./upload-page.tsx";

document.documentElement.lang = locale.value;
render(<UploadPage path={location.pathname} />, document.getElementById("page")!);
